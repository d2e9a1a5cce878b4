#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "agent/driver.h"
#include "base/clock.h"

namespace lifeline::agent {

// What a million tokens cost, in nano-units (10^-9) of the account's currency. Integers all the
// way: money is never a float.
struct Prices {
    std::int64_t input = 0;
    std::int64_t cached = 0;  // Of the input tokens, those that were cached.
    std::int64_t output = 0;

    friend bool operator==(const Prices&, const Prices&) = default;
};

struct Amount {
    std::int64_t tokens = 0;
    std::int64_t nano = 0;

    Amount& operator+=(const Amount& other);
    friend bool operator==(const Amount&, const Amount&) = default;
};

// Rounded up, and never more than an integer holds. What is not known counts as `guess` tokens of
// output.
Amount amount_of(const Usage& usage, const Prices& prices, std::int64_t guess);

// 0: no limit. On by default, generous to a person who talks and tight to a loop that runs away. A
// cost counts where prices are given.
struct Caps {
    static constexpr std::int64_t unit = 1'000'000'000;  // Of the account's currency.
    Amount turn{.tokens = 200'000, .nano = 1 * unit};
    Amount call{.tokens = 2'000'000, .nano = 10 * unit};
    Amount user_day{.tokens = 5'000'000, .nano = 25 * unit};
    Amount day{.tokens = 50'000'000, .nano = 250 * unit};

    friend bool operator==(const Caps&, const Caps&) = default;
};

// A cap that is reached.
struct Denied {
    std::string quota = {};  // "agent.user_day.tokens"
    std::int64_t limit = 0;
    std::int64_t current = 0;
    std::optional<WallTime> retry_at = {};  // Of a day's cap: when the next one begins.
};

// What model calls have cost, by call and by user and day: the sum of the records that the calls
// hold, each counted once. Days are UTC.
class Ledger {
public:
    struct Record {
        std::string id;
        std::string session_id;
        std::string user_id;
        WallTime at;
        Amount amount;
    };

    // False when it was counted before.
    bool add(const Record& record);
    std::optional<Denied> denied(const Caps& caps, const Amount& turn, std::string_view session_id,
                                 std::string_view user_id, WallTime now) const;
    Amount of_call(std::string_view session_id) const;
    Amount of_user(std::string_view user_id, WallTime now) const;
    Amount of_day(WallTime now) const;
    // A call that is over is asked for no more; days that are over neither.
    void forget_call(std::string_view session_id);

private:
    void turn_over(WallTime now);

    std::int64_t day_ = 0;
    Amount total_;
    std::map<std::string, Amount, std::less<>> users_;  // Of that day.
    struct OfCall {
        Amount amount;
        std::map<std::string, bool, std::less<>> records;
    };
    std::map<std::string, OfCall, std::less<>> calls_;
};

}  // namespace lifeline::agent
