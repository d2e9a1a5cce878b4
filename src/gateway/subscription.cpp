#include "gateway/subscription.h"

#include <utility>

#include "contract/frames.h"

namespace lifeline::gateway {

Subscription::Subscription(SubscriptionOutlet& outlet, Loop& home, session::Documents& documents,
                           std::string stream, std::uint64_t after, const document::Caller& caller)
    : outlet_(outlet),
      stream_(std::move(stream)),
      feed_(home, documents, stream_, after, static_cast<session::FeedReader&>(*this),
            session::Feed::MayRead<session::DocumentRules>([caller](const document::State& state) {
                return document::may(state, caller, document::Right::read);
            })) {
    feed_.pull();
}

void Subscription::take(std::vector<journal::StoredEvent> events) {
    at_head_ = false;
    chunk_ = std::move(events);
    sent_ = 0;
    pump();
}

void Subscription::pump(std::size_t most) {
    for (; most > 0 && sent_ < chunk_.size() && outlet_.may_send(); --most) say(chunk_[sent_++]);
    if (chunk_.empty() || sent_ < chunk_.size()) return;
    chunk_ = {};
    feed_.pull();
}

void Subscription::say(const journal::StoredEvent& event) {
    std::string json;
    if (event.erased) {
        contract::append_skipped(json, event.seq, event.seq, contract::SkipReason::erased, stream_);
    } else {
        contract::append_event_frame(json, event.seq, event.bytes, event.actor, event.cause,
                                     format_rfc3339(event.recorded_at), stream_);
    }
    outlet_.say_of_document(json);
}

// Said only once all that was read has gone out: the feed gets there by the pull after it.
void Subscription::caught_up(std::uint64_t head) {
    at_head_ = true;
    if (std::exchange(replayed_, true)) return;
    std::string json;
    contract::append_replay_complete(json, head, stream_);
    outlet_.say_of_document(json);
}

void Subscription::ended(const Error& error) {
    outlet_.subscription_ended(*this, error);
}

}  // namespace lifeline::gateway
