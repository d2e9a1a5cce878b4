#include "agent/outbox.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "contract/reason.h"

namespace lifeline::agent {

namespace {

constexpr Millis again_first{200};
constexpr Millis again_last{5'000};
// Beyond this the call is not what it was when the agent thought of it.
constexpr int tries_max = 20;

bool worth_another(const Error& error) {
    const auto* known = contract::find_reason(error.reason);
    return known != nullptr && known->retryable;
}

}  // namespace

Outbox::Outbox(Loop& loop, Door& door, std::string session_id)
    : loop_(loop), door_(door), session_id_(std::move(session_id)) {}

Outbox::~Outbox() {
    *alive_ = false;
    if (timer_ != 0) loop_.cancel_timer(timer_);
}

void Outbox::say(std::string_view event_id, std::string_view type, std::string_view payload_json,
                 As as, Done done) {
    auto event = checker_.check(
        contract::event_json(event_id, session_id_, format_rfc3339(loop_.clock().wall()), type,
                             payload_json),
        as == As::server ? contract::Sender::server : contract::Sender::client);
    if (!event) {
        log::warn("session={} type={} an agent's event is none: {} {}", session_id_, type,
                  event.error().reason, event.error().pointer);
        if (!done) return;
        loop_.post([alive = alive_, done = std::move(done), error = event.error()]() mutable {
            if (*alive) done(fail(std::move(error)));
        });
        return;
    }
    waiting_.push_back({std::move(*event), as, std::move(done)});
    next();
}

void Outbox::next() {
    if (on_its_way_ || timer_ != 0 || waiting_.empty()) return;
    on_its_way_ = true;
    Letter& letter = waiting_.front();
    door_.publish(letter.event, letter.as, [this, alive = alive_](Status status) {
        if (*alive) answered(std::move(status));
    });
}

void Outbox::answered(Status status) {
    on_its_way_ = false;
    Letter& letter = waiting_.front();
    if (!status && worth_another(status.error()) && ++letter.tries < tries_max) {
        const Millis pause = std::min(again_first * (1 << std::min(letter.tries, 5)), again_last);
        timer_ = loop_.start_timer(pause, [this] {
            timer_ = 0;
            next();
        });
        return;
    }
    if (!status)
        log::debug("session={} event={} type={} refused reason={} {}", session_id_,
                   letter.event.id(), letter.event.type_name(), status.error().reason,
                   status.error().detail);
    Done done = std::move(letter.done);
    waiting_.pop_front();
    const auto alive = alive_;
    if (done) done(std::move(status));
    if (!*alive) return;
    next();
    tell_if_empty();
}

void Outbox::when_empty(std::function<void()> told) {
    when_empty_ = std::move(told);
    tell_if_empty();
}

void Outbox::tell_if_empty() {
    if (!when_empty_ || !waiting_.empty()) return;
    loop_.post([alive = alive_, told = std::exchange(when_empty_, {})] {
        if (*alive) told();
    });
}

}  // namespace lifeline::agent
