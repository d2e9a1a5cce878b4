#include "agent/call_before.h"

#include <utility>

#include "agent/prompt.h"
#include "base/log.h"

namespace lifeline::agent {

namespace {

constexpr std::size_t messages_max = 30;
constexpr std::size_t bytes_max = 16 * 1024;

}  // namespace

CallBefore::CallBefore(Loop& loop, session::Sessions& sessions, const std::string& session_id,
                       const std::string& agent_id, Done done)
    : conversation_(session_id, agent_id),
      done_(std::move(done)),
      feed_(loop, sessions, session_id, 0, static_cast<session::FeedReader&>(*this)) {
    feed_.pull();
}

void CallBefore::take(std::vector<journal::StoredEvent> events) {
    for (const auto& stored : events) {
        if (stored.erased) continue;
        if (const auto event = checker_.read_stored(stored.bytes))
            conversation_.take(*event, stored.actor.id, stored.seq, stored.recorded_at);
    }
    feed_.pull();
}

void CallBefore::caught_up(std::uint64_t) {
    tell(tail_of(conversation_, messages_max, bytes_max));
}

void CallBefore::ended(const Error& error) {
    log::warn("session={} agent={} is not read for the call that continues it reason={} {}",
              conversation_.session_id(), conversation_.agent_id(), error.reason, error.detail);
    tell({});
}

void CallBefore::tell(std::vector<Message> messages) {
    if (auto done = std::exchange(done_, {})) done(std::move(messages));
}

}  // namespace lifeline::agent
