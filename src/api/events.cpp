#include <fmt/format.h>

#include "api/api.h"
#include "api/body.h"
#include "api/caller.h"
#include "api/event_page.h"
#include "api/feed.h"
#include "api/routes.h"
#include "contract/limits.h"

namespace lifeline::api {

namespace {

bool wants_ndjson(const net::Request& request) {
    const auto* accept = request.header("Accept");
    return accept != nullptr && accept->find("application/x-ndjson") != std::string::npos;
}

// Leaves only events of that type, by what they are and not by what is written in them.
void keep_type(EventPage& page, std::string_view type) {
    contract::EventChecker checker;
    std::erase_if(page.events, [&](const journal::StoredEvent& stored) {
        if (stored.erased) return true;
        const auto event = checker.read_stored(stored.bytes);
        return !event || event->type_name() != type;
    });
}

// Lines have no room for `next` and `epoch`: one is where the Link leads, the other a header.
net::Response page_lines(const EventPage& page, const net::Request& request, std::int64_t limit,
                         std::string_view type, const std::string& epoch) {
    net::Response response;
    response.set(epoch_header, epoch);
    response.set("Content-Type", "application/x-ndjson");
    response.set("Cache-Control", "no-store");
    if (page.last < page.head)
        response.set(
            "Link", fmt::format("<{}?after={}&epoch={}&limit={}{}{}>; rel=\"next\"", request.path(),
                                page.last, epoch, limit, type.empty() ? "" : "&type=", type));
    for (const auto& event : page.events) response.body += event_record_json(event) + "\n";
    return response;
}

// Reads on the call's loop and brings the page back to the server's.
void read_page(Api& api, Asked asked, EventCursor cursor, std::size_t limit,
               std::move_only_function<void(Asked, EventPage)> then) {
    const std::string id = asked.session_id();
    session::Shard& shard = api.parts().sessions.home(id);
    Loop& loop = asked.loop();
    auto principal = asked.principal;
    auto done = session::on_loop<EventPage>(
        loop, [asked = std::move(asked), then = std::move(then)](Result<EventPage> page) mutable {
            if (!page) return asked.refuse(page.error());
            then(std::move(asked), std::move(*page));
        });
    shard.loop().post([&shard, id, cursor, limit, principal = std::move(principal),
                       done = std::move(done)]() mutable {
        shard.with(id, session::Shard::Missing::refuse,
                   [cursor, limit, principal = std::move(principal),
                    done = std::move(done)](Result<session::Actor*> actor) mutable {
                       if (!actor) return done(fail(actor.error()));
                       const auto role = authorize((*actor)->state(), principal, Need::read);
                       if (!role) return done(fail(role.error()));
                       read_event_page((*actor)->stream(), cursor, limit, std::move(done));
                   });
    });
}

}  // namespace

Status can_be_served(const EventCursor& cursor, std::uint64_t head) {
    if (cursor.of_another_epoch)
        return fail(Code::conflict, "epoch_changed", "the cursor counts in another history",
                    "/epoch");
    if (cursor.after > head)
        return fail(Code::conflict, "cursor_ahead", "after is ahead of the stream's head",
                    "/after");
    return {};
}

void read_events(Api& api, Asked asked) {
    const auto& request = asked.request();
    const auto after = number_query(request, "after", 0, INT64_MAX, 0);
    if (!after) return asked.refuse(after.error());
    const auto limit =
        number_query(request, "limit", 1, contract::limits::replay_page_events_max, 200);
    if (!limit) return asked.refuse(limit.error());
    const auto* epoch = request.query("epoch");
    const EventCursor from{
        .after = static_cast<std::uint64_t>(*after),
        .of_another_epoch = epoch != nullptr && *epoch != api.parts().journal.epoch()};
    const auto* follow = request.query("follow");
    if (follow != nullptr && *follow == "1") return follow_events(api, std::move(asked), from);
    const auto* type_query = request.query("type");
    const std::string type = type_query != nullptr ? *type_query : "";
    if (!type.empty() && !contract::find_type(type))
        return asked.refuse({Code::malformed, "query_invalid", "no such event type", "/type"});
    read_page(api, std::move(asked), from, static_cast<std::size_t>(*limit),
              [&api, type, limit = *limit](Asked done, EventPage page) {
                  if (!type.empty()) keep_type(page, type);
                  const std::string epoch = api.parts().journal.epoch();
                  if (wants_ndjson(done.request()))
                      done.answer(page_lines(page, done.request(), limit, type, epoch));
                  else
                      done.answer_json(200, event_page_json(page, epoch));
              });
}

// A server's way to publish. The event's own eventId is the key: sent again, it answers with the
// first position.
void publish_event(Api& api, Asked asked) {
    contract::EventChecker checker;
    const auto* content_type = asked.request().header("Content-Type");
    if (content_type == nullptr || !content_type->starts_with("application/json"))
        return asked.refuse(
            {Code::malformed, "content_type_unsupported", "Content-Type must be application/json"});
    auto event = checker.check(asked.request().body, contract::Sender::client);
    if (!event) return asked.refuse(event.error());
    if (event->stream() != asked.session_id())
        return asked.refuse({Code::malformed, "wrong_stream",
                             "sessionId is not the session of this address", "/sessionId"});
    const std::string event_id(event->id());
    const std::string epoch = api.parts().journal.epoch();
    command(api, std::move(asked), call::Publish{std::move(*event)},
            [event_id, epoch](Asked done, const session::Receipt& receipt) {
                contract::JsonWriter json;
                json.object();
                json.key("eventId").value(event_id);
                json.key("seq").value(static_cast<std::int64_t>(receipt.seq));
                json.key("epoch").value(epoch);
                json.key("duplicate").value(receipt.duplicate);
                json.end();
                done.answer_json(receipt.duplicate ? 200 : 201, json.take());
            });
}

}  // namespace lifeline::api
