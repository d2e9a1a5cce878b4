#include "agent/turn_names.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"

namespace lifeline::agent {

namespace {

constexpr std::string_view prefix = "turn_";
constexpr std::size_t stem_max = 36;  // So that events' ids stay short enough, however they go on.

}  // namespace

std::string short_digest(std::string_view text, std::size_t characters) {
    return to_hex(sha256(text)).substr(0, characters);
}

TurnNames::TurnNames(std::string_view turn_id) {
    const bool ours = turn_id.starts_with(prefix) && turn_id.size() <= prefix.size() + stem_max;
    stem_ = ours ? std::string(turn_id.substr(prefix.size())) : short_digest(turn_id, 16);
}

std::string TurnNames::event(std::string_view what) const {
    return fmt::format("agt:{}:{}", stem_, what);
}

std::string TurnNames::event(std::string_view what, std::size_t number) const {
    return fmt::format("agt:{}:{}{}", stem_, what, number);
}

std::string TurnNames::server_event(std::string_view what, std::size_t number) const {
    return fmt::format("ll_agt:{}:{}{}", stem_, what, number);
}

std::string turn_id(std::string_view agent_id, std::uint64_t number) {
    return fmt::format("{}{}_{}", prefix, short_digest(agent_id, 8), number);
}

std::string action_id(std::string_view session_id, std::string_view agent_id, std::string_view root,
                      std::string_view type, std::string_view canonical_args, std::size_t repeat) {
    const std::string all = fmt::format("{}\n{}\n{}\n{}\n{}\n{}", session_id, agent_id, root, type,
                                        repeat, canonical_args);
    return "act_" + short_digest(all, 24);
}

std::string run_key(std::string_view session_id, const TurnNames& turn, std::size_t round) {
    return fmt::format("{}_{}_{}", short_digest(session_id, 16), turn.stem(), round);
}

}  // namespace lifeline::agent
