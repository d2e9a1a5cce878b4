#include "findings/workflow.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lifeline::findings {

namespace {

using enum State;

constexpr std::pair<State, std::string_view> words[] = {
    {open, "open"},           {retrying, "retrying"},       {acknowledged, "acknowledged"},
    {adjusted, "adjusted"},   {written_off, "written_off"}, {disputed, "disputed"},
    {State::closed, "closed"}};

struct Move {
    Mover mover;
    State from;
    State to;
};

// Everything that may happen to a finding.
constexpr Move moves[] = {
    {Mover::person, open, acknowledged},
    {Mover::person, open, adjusted},
    {Mover::person, open, written_off},
    {Mover::person, open, disputed},
    {Mover::person, open, closed},
    {Mover::person, retrying, acknowledged},
    {Mover::person, retrying, adjusted},
    {Mover::person, retrying, written_off},
    {Mover::person, retrying, disputed},
    {Mover::person, retrying, closed},
    {Mover::person, acknowledged, adjusted},
    {Mover::person, acknowledged, written_off},
    {Mover::person, acknowledged, disputed},
    {Mover::person, acknowledged, closed},
    {Mover::person, disputed, acknowledged},
    {Mover::person, disputed, adjusted},
    {Mover::person, disputed, written_off},
    {Mover::person, disputed, closed},
    {Mover::person, adjusted, closed},
    {Mover::person, written_off, closed},
    {Mover::rule, open, retrying},
    {Mover::rule, retrying, open},  // It did not help.
    {Mover::rule, open, adjusted},
    {Mover::rule, retrying, adjusted},
    // The difference is gone.
    {Mover::run, open, closed},
    {Mover::run, retrying, closed},
    {Mover::run, acknowledged, closed},
    {Mover::run, disputed, closed},
    {Mover::run, adjusted, closed},
    {Mover::run, written_off, closed},
    // It is there again, or still, whatever somebody said.
    {Mover::run, closed, open},
    {Mover::run, adjusted, open},
    {Mover::run, written_off, open},  // It is another difference.
};

}  // namespace

std::string_view to_text(State state) {
    return std::ranges::find(words, state, &std::pair<State, std::string_view>::first)->second;
}

std::optional<State> state_from(std::string_view text) {
    const auto* found = std::ranges::find(words, text, &std::pair<State, std::string_view>::second);
    if (found == std::end(words)) return std::nullopt;
    return found->first;
}

bool resolved(State state) {
    return state == adjusted || state == written_off || state == closed;
}

bool may_change(State from, State to, Mover mover) {
    return std::ranges::any_of(moves, [&](const Move& move) {
        return move.mover == mover && move.from == from && move.to == to;
    });
}

Status judge_change(State from, State to, Mover mover) {
    if (may_change(from, to, mover)) return {};
    return fail(Code::conflict, "finding_closed",
                fmt::format("it is {}, and cannot become {}", to_text(from), to_text(to)));
}

}  // namespace lifeline::findings
