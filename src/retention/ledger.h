#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lifeline::retention {

// A legal hold: as long as it lies on them, nothing of an account, a person or a call is erased.
enum class HoldScope : std::uint8_t { account, user, session };
std::string_view to_text(HoldScope scope);
std::optional<HoldScope> hold_scope_from(std::string_view text);

struct Hold {
    HoldScope scope = HoldScope::session;
    std::string subject;
    auto operator<=>(const Hold&) const = default;
};
struct HoldChange {
    Hold hold;
    bool enabled = false;
    std::string by;
    std::string reason;
};
std::string payload_of(const HoldChange& change);

// Somebody, or one call, is to be erased.
struct Erasure {
    std::string id;
    std::string user_id;     // Or,
    std::string session_id;  // of the two one.
    std::string by;
    std::string reason;
    bool done = false;
    std::uint64_t calls = 0;
    std::uint64_t documents = 0;
    std::uint64_t events = 0;
};
std::string payload_of_request(const Erasure& erasure);
std::string payload_of_completion(const Erasure& erasure);

// The `record.*` events of the instance's stream: what is held, what is to be erased, and what was.
// Pure; lives on the loop of that stream.
class Ledger {
public:
    struct Held {
        std::string by;
        std::string reason;
    };
    // Events of other types pass without effect.
    Status apply(std::string_view type, std::string_view payload_json);

    const std::map<Hold, Held>& holds() const { return holds_; }
    bool held(HoldScope scope, std::string_view subject) const;
    // Refused with record_held, and by which, if any of these is.
    Status may_erase(std::string_view session_id, std::string_view account_id,
                     const std::set<std::string, std::less<>>& people) const;

    // In the order in which they were asked for.
    const std::vector<Erasure>& erasures() const { return erasures_; }
    const Erasure* erasure(std::string_view id) const;
    // The first that is not done; null when there is none.
    const Erasure* next() const;

private:
    std::map<Hold, Held> holds_;
    std::vector<Erasure> erasures_;
};

}  // namespace lifeline::retention
