#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "document/access.h"
#include "journal/journal.h"
#include "session/documents.h"
#include "session/feed.h"

namespace lifeline::gateway {

class Subscription;

// Where a subscription's frames go: one connection.
class SubscriptionOutlet {
public:
    // Nothing begun earlier waits to be sent; only then is say_of_document() called with an event.
    virtual bool may_send() const = 0;
    virtual void say_of_document(std::string_view json) = 0;
    // It is over: nothing more comes of this document. The outlet destroys the subscription.
    virtual void subscription_ended(Subscription& subscription, const Error& error) = 0;

protected:
    ~SubscriptionOutlet() = default;
};

// One document that a connection follows beside its call: a feed of the document's own stream,
// turned into frames as the socket takes them. It holds one chunk at most, and asks for the next
// when that has gone out, so a slow reader costs a cursor. Lives on the connection's loop.
class Subscription final : session::FeedReader {
public:
    Subscription(SubscriptionOutlet& outlet, Loop& home, session::Documents& documents,
                 std::string stream, std::uint64_t after, const document::Caller& caller);

    // Sends what can be sent now; `most` frames of it.
    void pump(std::size_t most = SIZE_MAX);
    const std::string& stream() const { return stream_; }
    // There is more than was sent, or it is not known yet.
    bool behind() const { return !at_head_; }

private:
    void take(std::vector<journal::StoredEvent> events) override;
    void caught_up(std::uint64_t head) override;
    void ended(const Error& error) override;
    void say(const journal::StoredEvent& event);

    SubscriptionOutlet& outlet_;
    std::string stream_;
    std::vector<journal::StoredEvent> chunk_;
    std::size_t sent_ = 0;  // Of the chunk.
    bool at_head_ = false;
    bool replayed_ = false;
    session::Feed feed_;
};

}  // namespace lifeline::gateway
