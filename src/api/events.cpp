#include <fmt/format.h>

#include "api/api.h"
#include "api/body.h"
#include "api/caller.h"
#include "api/feed.h"
#include "api/routes.h"
#include "api/session_view.h"
#include "contract/limits.h"

namespace lifeline::api {

namespace {

bool wants_ndjson(const net::Request& request) {
    const auto* accept = request.header("Accept");
    return accept != nullptr && accept->find("application/x-ndjson") != std::string::npos;
}

struct Page {
    std::vector<journal::StoredEvent> events;
    std::uint64_t head = 0;
};

std::string page_json(const Page& page, const std::string& epoch, std::string_view type,
                      std::uint64_t after) {
    contract::JsonWriter json;
    json.object();
    json.key("epoch").value(epoch);
    json.key("headSeq").value(static_cast<std::int64_t>(page.head));
    json.key("events").array();
    for (const auto& event : page.events)
        if (type.empty() ||
            event.bytes.find(fmt::format("\"type\":\"{}\"", type)) != std::string::npos)
            json.raw(event_record_json(event));
    json.end();
    // The cursor of the next page; left out on the last one.
    const std::uint64_t last = page.events.empty() ? after : page.events.back().seq;
    if (last < page.head) json.key("next").value(static_cast<std::int64_t>(last));
    json.end();
    return json.take();
}

std::string lines_of(const Page& page) {
    std::string lines;
    for (const auto& event : page.events) lines += event_record_json(event) + "\n";
    return lines;
}

// Reads on the call's loop and brings the page back to the server's.
void read_page(Api& api, Asked asked, std::uint64_t after, std::size_t limit,
               std::move_only_function<void(Asked, Page)> then) {
    const std::string id = asked.session_id();
    session::Shard& shard = api.parts().sessions.home(id);
    Loop& loop = asked.loop();
    auto principal = asked.principal;
    auto done = session::on_loop<Page>(
        loop, [asked = std::move(asked), then = std::move(then)](Result<Page> page) mutable {
            if (!page) return asked.refuse(page.error());
            then(std::move(asked), std::move(*page));
        });
    shard.loop().post([&shard, id, after, limit, principal = std::move(principal),
                       done = std::move(done)]() mutable {
        shard.with(id, session::Shard::Missing::refuse,
                   [after, limit, principal = std::move(principal),
                    done = std::move(done)](Result<session::Actor*> actor) mutable {
                       if (!actor) return done(fail(actor.error()));
                       const auto role = authorize((*actor)->state(), principal, Need::read);
                       if (!role) return done(fail(role.error()));
                       auto& stream = (*actor)->stream();
                       const std::uint64_t head = stream.head();
                       if (after > head)
                           return done(fail(Code::conflict, "cursor_ahead",
                                            "after is ahead of the stream's head", "/after"));
                       stream.read(after, {.events = limit, .bytes = 4 * 1024 * 1024},
                                   [head, done = std::move(done)](
                                       Result<std::vector<journal::StoredEvent>> events) mutable {
                                       if (!events) return done(fail(events.error()));
                                       done(Page{std::move(*events), head});
                                   });
                   });
    });
}

}  // namespace

void read_events(Api& api, Asked asked) {
    const auto& request = asked.request();
    const auto after = number_query(request, "after", 0, INT64_MAX, 0);
    if (!after) return asked.refuse(after.error());
    const auto limit =
        number_query(request, "limit", 1, contract::limits::replay_page_events_max, 200);
    if (!limit) return asked.refuse(limit.error());
    const auto from = static_cast<std::uint64_t>(*after);
    const auto* epoch = request.query("epoch");
    if (epoch != nullptr && *epoch != api.parts().journal.epoch())
        return asked.refuse(
            {Code::gone, "epoch_changed", "the cursor counts in another history", "/epoch"});
    const auto* follow = request.query("follow");
    if (follow != nullptr && *follow == "1") return follow_events(api, std::move(asked), from);
    const auto* type_query = request.query("type");
    const std::string type = type_query != nullptr ? *type_query : "";
    if (!type.empty() && !contract::find_type(type))
        return asked.refuse({Code::malformed, "query_invalid", "no such event type", "/type"});
    const bool ndjson = wants_ndjson(request);
    read_page(api, std::move(asked), from, static_cast<std::size_t>(*limit),
              [&api, type, from, ndjson](Asked done, const Page& page) {
                  if (!ndjson)
                      return done.answer_json(
                          200, page_json(page, api.parts().journal.epoch(), type, from));
                  net::Response response;
                  response.set("Content-Type", "application/x-ndjson");
                  response.set("Cache-Control", "no-store");
                  response.body = lines_of(page);
                  done.answer(std::move(response));
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

// What a page that lost its state needs: the call as it stands, and the cursor to go on from. The
// transcript's tail is folded from the last events by whoever asks.
void get_snapshot(Api& api, Asked asked) {
    const std::string epoch = api.parts().journal.epoch();
    answer_from_call(api, std::move(asked), 200, [epoch](session::Actor& actor) {
        contract::JsonWriter json;
        json.object();
        json.key("epoch").value(epoch);
        json.key("seq").value(static_cast<std::int64_t>(actor.stream().head()));
        json.key("state");
        write_session(json, actor.state());
        json.end();
        return json.take();
    });
}

}  // namespace lifeline::api
