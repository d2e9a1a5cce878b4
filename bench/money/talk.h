#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"

namespace lifeline::money {

// What happens in a call, without its envelope.
struct Said {
    std::string_view type;
    std::string payload;
};

// How calls go.
struct Talking {
    std::size_t turns = 30;
    std::size_t partials = 3;      // Of each utterance; they cost nothing.
    std::size_t agents = 1;        // Who take turns; each has a model of its own.
    std::size_t action_every = 4;  // Turns.
};

// One made-up call of an account, turn by turn: people come, somebody speaks, an agent answers,
// its tokens and the recognizer's time are reported, now and then it does something; one of them
// goes, the line breaks once, the call ends. The same number is the same call.
class Talk {
public:
    Talk(std::size_t number, std::size_t accounts, const Talking& how);

    // What happens next; nothing once it is over. Nobody's `ts` counts, so `now` is for show.
    std::vector<Said> next(WallTime now);

    const std::string& session() const { return session_; }
    const std::string& account() const { return account_; }

private:
    void begin(std::vector<Said>& said, const std::string& now) const;
    void turn(std::vector<Said>& said, const std::string& now);
    void utter(std::vector<Said>& said, std::string_view speaker, std::string_view who);
    void report(std::vector<Said>& said, const std::string& agent);
    void act(std::vector<Said>& said, const std::string& now);
    void end(std::vector<Said>& said, const std::string& now) const;

    SeededRandom random_;
    Talking how_;
    std::string session_;
    std::string account_;
    std::size_t at_ = 0;  // 0: not begun; then its turns.
    std::size_t uttered_ = 0;
};

}  // namespace lifeline::money
