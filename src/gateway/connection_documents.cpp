#include <algorithm>
#include <utility>

#include "contract/limits.h"
#include "gateway/call_room.h"
#include "gateway/connection.h"
#include "gateway/lane.h"

// The documents that a connection follows beside its call, and edits.
namespace lifeline::gateway {

namespace {

constexpr auto subscriptions_max =
    static_cast<std::size_t>(contract::limits::subscriptions_per_connection_max);

}  // namespace

document::Caller Connection::document_caller() const {
    const auto& principal = admission_.principal;
    return {.user_id = principal.user_id,
            .account_id = principal.account_id,
            .role = principal.role,
            .session_id = room_.actor().id(),
            .role_in_call = admission_.role,
            .bound = principal.call.has_value()};
}

Subscription* Connection::subscription(std::string_view stream) {
    const auto found = std::ranges::find_if(
        subscriptions_, [&](const auto& one) { return one->stream() == stream; });
    return found == subscriptions_.end() ? nullptr : found->get();
}

// From a new cursor where it is followed already.
void Connection::subscribe(const std::string& stream, std::uint64_t after,
                           const std::string& epoch) {
    session::Documents* documents = room_.lane().documents();
    if (documents == nullptr || contract::stream_kind(stream) != contract::StreamKind::document)
        return refuse_stream(stream, {Code::not_found, "document_not_found", "no such document"});
    if (after > 0 && epoch != room_.lane().epoch())
        return refuse_stream(stream, {Code::conflict, "epoch_changed",
                                      "the cursor counts in another history", "/epoch"});
    unsubscribe(stream);
    if (subscriptions_.size() >= subscriptions_max)
        return refuse_stream(stream,
                             {Code::overloaded, "subscriptions_full", "16 documents at a time"});
    subscriptions_.push_back(std::make_unique<Subscription>(static_cast<SubscriptionOutlet&>(*this),
                                                            room_.lane().loop(), *documents, stream,
                                                            after, document_caller()));
}

void Connection::unsubscribe(std::string_view stream) {
    std::erase_if(subscriptions_, [&](const auto& one) { return one->stream() == stream; });
}

void Connection::refuse_stream(const std::string& stream, const Error& error) {
    ++room_.lane().counters().refused_frames;
    ++room_.lane().counters().refusals[error.reason];
    contract::ErrorFrame frame;
    frame.error = error;
    frame.stream = stream;
    std::string json;
    contract::append_error(json, frame);
    say(json);
}

bool Connection::may_send() const {
    return ready();
}

void Connection::say_of_document(std::string_view json) {
    say(json);
}

void Connection::subscription_ended(Subscription& subscription, const Error& error) {
    // The name outlives the subscription, which goes now.
    const std::string stream(std::string_view(subscription.stream()));
    unsubscribe(stream);
    refuse_stream(stream, error);
}

// The call and its documents in turns: neither starves the other while the socket is slow.
void Connection::pump_documents(std::size_t most) {
    for (std::size_t i = 0; i < subscriptions_.size() && ready(); ++i)
        subscriptions_[i]->pump(most);
}

// It is followed here, so there is one. Who may edit is for the document to say.
void Connection::publish_to_document(contract::Event event) {
    const std::string event_id(event.id());
    const std::string stream(event.stream());
    room_.lane().documents()->submit(
        stream,
        {document::Publish{std::move(event)},
         {std::string(contract::to_text(admission_.role)), admission_.principal.user_id},
         document_caller()},
        room_.lane().loop(),
        [this, alive = alive_, event_id, stream](Result<session::Receipt> receipt) {
            if (!*alive) return;
            const Subscription* following = subscription(stream);
            const bool next = ready() && following != nullptr && !following->behind();
            published(event_id, std::move(receipt), next ? Shown::next : Shown::later_or_not);
        });
}

}  // namespace lifeline::gateway
