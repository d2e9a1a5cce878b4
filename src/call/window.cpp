#include "call/deadlines.h"
#include "call/payload.h"
#include "call/rules.h"
#include "call/server_id.h"

// The reconnect window: a call without anybody it waits for is reconnecting, and fails when nobody
// is back in time. A transport alone never ends a call; this does, and it is written down.
namespace lifeline::call::rules {

namespace {

using contract::EventType;

ServerEvent reconnecting(const State& state, std::string_view why, WallTime now) {
    const std::uint32_t attempt = state.outages + 1;
    return {server_id("reconnecting", attempt), EventType::call_reconnecting,
            Payload()
                .text("callId", state.id)
                .integer("attempt", attempt)
                .text("at", format_rfc3339(now))
                .optional("lossReason", why)
                .text("resumeDeadline", format_rfc3339(later(now, state.reconnect_window)))
                .take()};
}

bool somebody_else_is_here(const State& state, const Participant& gone) {
    for (const Participant& one : state.participants)
        if (&one != &gone && one.connected && state.waits_for(one)) return true;
    return false;
}

}  // namespace

void line_lost(const State& state, const Participant& participant, std::string_view why,
               WallTime now, std::vector<ServerEvent>& events) {
    const bool was_the_last = participant.connected && state.waits_for(participant) &&
                              !somebody_else_is_here(state, participant);
    if (waits_for_a_line(state) && !state.outage && was_the_last)
        events.push_back(reconnecting(state, why, now));
}

void line_back(const State& state, const Participant& participant, WallTime now,
               std::vector<ServerEvent>& events) {
    if (!state.outage || !waits_for_a_line(state) || !state.waits_for(participant)) return;
    const Millis outage = std::max(now - state.outage->since, Millis{0});
    events.push_back({server_id("reconnected", state.outage->attempt), EventType::call_reconnected,
                      Payload()
                          .text("callId", state.id)
                          .integer("attempt", state.outage->attempt)
                          .text("at", format_rfc3339(now))
                          .integer("outageMs", outage.count())
                          .take()});
}

// Who says something by a request has no line, and is back all the same. What keeps them here is
// the next one: the window runs from each.
void spoke_by_request(const State& state, const contract::Event& event, const Command& from,
                      WallTime now, std::vector<ServerEvent>& events) {
    const Participant* speaker = state.participant(from.actor.id);
    if (made_by_server(event.id()) && speaker != nullptr) line_back(state, *speaker, now, events);
}

// Whatever was lost before, everybody has the whole window from now on: the server was away, and
// none of them could come back. A provider's line that is there was not lost with the server; of
// one that is away, its service could not say that it is back.
void server_restarted(const State& state, WallTime now, std::vector<ServerEvent>& events) {
    const bool window_runs = state.outage && state.outage->deadline;
    if (waits_for_a_line(state) || window_runs)
        events.push_back(reconnecting(state, "server_restart", now));
}

// A service says that its provider has lost the line. From when on the call waits is the server's
// to say, and so this is an event of its own: a claimed time moves no deadline.
void provider_lost_line(const State& state, WallTime now, std::vector<ServerEvent>& events) {
    if (state.reconnect_window == Millis{0}) return;
    events.push_back({server_id("window", state.outages + 1), EventType::call_deadline_warning,
                      Payload()
                          .text("callId", state.id)
                          .text("deadlineAt", format_rfc3339(later(now, state.reconnect_window)))
                          .integer("remainingMs", state.reconnect_window.count())
                          .text("kind", "reconnect_window")
                          .take()});
}

}  // namespace lifeline::call::rules
