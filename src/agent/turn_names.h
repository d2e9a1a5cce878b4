#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace lifeline::agent {

// The ids of what one turn says. All of them are derived, so that a process that comes after a
// crash says the same things under the same names, and nothing is there twice.
class TurnNames {
public:
    explicit TurnNames(std::string_view turn_id);

    // "agt:3f2a91c0_7:start"
    std::string event(std::string_view what) const;
    std::string event(std::string_view what, std::size_t number) const;
    // Of what the server says about the turn: "ll_agt:...".
    std::string server_event(std::string_view what, std::size_t number) const;
    std::string utterance() const { return "utt_" + stem_; }
    const std::string& stem() const { return stem_; }

private:
    std::string stem_;
};

// The agent's turn of that number in its call: "turn_3f2a91c0_7".
std::string turn_id(std::string_view agent_id, std::uint64_t number);

// The action that a turn for `root` asks for with these words. The same request in a later attempt
// at the same answer has the same id: it is found, and not asked for again. `repeat` tells apart
// what one attempt asks for twice.
std::string action_id(std::string_view session_id, std::string_view agent_id, std::string_view root,
                      std::string_view type, std::string_view canonical_args, std::size_t repeat);

// A model call's idempotency key; `round` counts those of the turn from 0 on.
std::string run_key(std::string_view session_id, const TurnNames& turn, std::size_t round);

// The beginning of a digest, for names.
std::string short_digest(std::string_view text, std::size_t characters);

}  // namespace lifeline::agent
