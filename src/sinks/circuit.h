#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/random.h"

namespace lifeline::sinks {

struct CircuitOptions {
    unsigned failures = 5;  // One after the other, of the sink and not of a charge.
    Millis first = std::chrono::seconds(10);
    Millis most = std::chrono::minutes(15);
};

// Whether a sink is asked at all. A sink that is down is not hammered: after some failures nothing
// is sent, then one request to see, after ever longer pauses; the first answer that is one opens
// the way again.
class Circuit {
public:
    enum class Way : std::uint8_t { open, one, closed };

    explicit Circuit(CircuitOptions options) : options_(options) {}

    Way way(WallTime now) const;
    // When it is to be looked at again; nothing while the way is open.
    std::optional<WallTime> until() const { return until_; }
    // A request left to see whether it is back.
    void trying() { trying_ = true; }
    void succeeded();
    void failed(const std::string& why, WallTime now, Random& random);
    const std::string& why() const { return why_; }

private:
    CircuitOptions options_;
    unsigned failures_ = 0;
    Millis pause_ = Millis(0);
    std::optional<WallTime> until_;
    bool trying_ = false;
    std::string why_;
};

}  // namespace lifeline::sinks
