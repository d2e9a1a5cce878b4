#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/result.h"
#include "safety/kill_switches.h"

namespace lifeline::safety {

// How far a stop beyond one call reaches.
enum class StopScope : std::uint8_t { instance, account, action_type };

std::string_view to_text(StopScope scope);  // "instance"
std::optional<StopScope> stop_scope_from(std::string_view text);

// What is stopped. Of a type without an account: everywhere.
struct Stop {
    StopScope scope = StopScope::instance;
    std::string account_id = {};
    std::string action_type = {};
    friend auto operator<=>(const Stop&, const Stop&) = default;
};

struct StopChange {
    Stop what;
    bool enabled = true;
    std::string by;
    std::string reason;
};

// The payload of the event that records it: safety.killswitch.changed.
std::string payload_of(const StopChange& change);

// What is stopped beyond single calls: the fold of the instance's stream. Pure; whoever holds it
// says when a change is in force.
class Switchboard {
public:
    struct On {
        std::string by;
        std::string reason;
    };
    static constexpr std::size_t stops_max = 1024;

    // Ignores other types; an error when it is not what its type promises.
    Status apply(std::string_view type, std::string_view payload_json);
    // limit_exceeded where that many are on already.
    Status may_take(const StopChange& change) const;

    const std::map<Stop, On>& all() const { return on_; }
    KillSwitches switches() const;

private:
    std::map<Stop, On> on_;
};

}  // namespace lifeline::safety
