#include <fmt/format.h>

#include <algorithm>

#include "call/rules.h"

namespace lifeline::call::rules {

namespace {

using contract::Event;
using contract::EventType;
using contract::Role;
namespace field = contract::field;

// Utterances that one participant began and did not finish: more than anybody could be saying.
constexpr std::ptrdiff_t open_utterances_max = 256;

std::unexpected<Error> conflict(std::string_view reason, std::string detail,
                                std::string pointer = "/payload/utteranceId") {
    return fail(Code::conflict, reason, std::move(detail), std::move(pointer));
}

std::unexpected<Error> not_yours(std::string detail) {
    return fail(Code::not_allowed, "utterance_not_yours", std::move(detail),
                "/payload/utteranceId");
}

// An utterance belongs to whoever published its first event; a service speaks for every line.
bool owns(const Command& from, std::string_view starter) {
    return from.actor.id == starter || from.role == Role::service || from.role == Role::server;
}

Result<void> may_continue(const State& state, std::string_view utterance_id, const Command& from) {
    if (state.closed_utterance(utterance_id) != nullptr)
        return conflict("utterance_closed", "this utterance is over");
    if (const OpenUtterance* known = state.open_utterance(utterance_id)) {
        if (owns(from, known->starter)) return {};
        return not_yours("only its starter may continue an utterance");
    }
    if (std::ranges::count(state.open_utterances, from.actor.id, &OpenUtterance::starter) >=
        open_utterances_max)
        return fail(
            Code::overloaded, "limit_exceeded",
            fmt::format("{} of the sender's utterances have no final text: send that of some",
                        open_utterances_max));
    return {};
}

// What was heard of it, or that it could not be understood: also when it has its final text.
Result<void> may_cut(const State& state, std::string_view utterance_id, const Command& from) {
    std::string_view starter;
    if (const OpenUtterance* open = state.open_utterance(utterance_id)) {
        starter = open->starter;
    } else if (const ClosedUtterance* closed = state.closed_utterance(utterance_id)) {
        starter = state.starters[closed->starter];
    } else {
        return conflict("utterance_unknown", "no such utterance was begun");
    }
    if (owns(from, starter)) return {};
    return not_yours("only its starter may say how an utterance ended");
}

// A correction names the text that it replaces: of two that crossed, the second is of something
// that is not there any more.
Result<void> may_correct(const State& state, const Event& event) {
    namespace f = field::transcript_corrected;
    const ClosedUtterance* known = state.closed_utterance(event.text(f::utterance_id));
    if (known == nullptr || known->text_digest == 0)
        return conflict("utterance_unknown", "it has no final text that could be corrected");
    if (known->text_digest != digest_beginning(event.text(f::previous_hash)))
        return conflict("correction_stale", "its text is another by now", "/payload/previousHash");
    return {};
}

// Who speaks, as a role: the sender's own, or whosever line a service speaks for.
Result<void> speaks_as_itself(const Event& event, const Command& from) {
    const auto speaker = event.find_text("speaker");
    const bool speaks_for_others = from.role == Role::service || from.role == Role::server;
    if (!speaker || speaks_for_others || *speaker == contract::to_text(from.role)) return {};
    return fail(
        Code::not_allowed, "not_yourself",
        fmt::format("the role {} does not speak as {}", contract::to_text(from.role), *speaker),
        "/payload/speaker");
}

Result<void> may_begin(const State& state, std::string_view utterance_id, const Command& from) {
    if (state.open_utterance(utterance_id) != nullptr)
        return conflict("utterance_exists", "this utterance has begun already");
    return may_continue(state, utterance_id, from);
}

Result<void> may_go_on(const State& state, const Event& event, const Command& from) {
    const auto id = event.text(field::transcript_partial::utterance_id);
    if (const auto allowed = may_continue(state, id, from); !allowed) return allowed;
    const OpenUtterance* known = state.open_utterance(id);
    if (known != nullptr && event.integer(field::transcript_partial::rev) <= known->rev)
        return conflict("revision_stale", "rev must grow from one partial to the next",
                        "/payload/rev");
    return {};
}

Result<void> fits_what_was_said(const State& state, const Event& event, const Command& from) {
    switch (event.type()) {
        case EventType::transcript_utterance_started:
            return may_begin(state, event.text(field::transcript_utterance_started::utterance_id),
                             from);
        case EventType::transcript_partial:
            return may_go_on(state, event, from);
        case EventType::transcript_final:
            return may_continue(state, event.text(field::transcript_final::utterance_id), from);
        case EventType::transcript_truncated:
            return may_cut(state, event.text(field::transcript_truncated::utterance_id), from);
        case EventType::transcript_corrected:
            return may_correct(state, event);
        case EventType::transcript_failed:
            // What could not be understood need not have been an utterance yet.
            if (!event.has(field::transcript_failed::utterance_id)) return {};
            return may_cut(state, event.text(field::transcript_failed::utterance_id), from);
        default:
            return {};
    }
}

}  // namespace

Result<void> may_say(const State& state, const Event& event, const Command& from) {
    if (const auto fits = fits_what_was_said(state, event, from); !fits) return fits;
    return speaks_as_itself(event, from);
}

}  // namespace lifeline::call::rules
