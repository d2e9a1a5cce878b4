#include "api/api.h"
#include "api/body.h"
#include "api/document_access.h"
#include "api/idempotency.h"
#include "api/problem.h"
#include "api/routes.h"
#include "base/id.h"

namespace lifeline::api {

namespace {

namespace edited = contract::field::document_edited;
namespace rejected = contract::field::document_edit_rejected;

// 409 with what crossed, and by whom.
void answer_conflict(Asked asked, const contract::Event& event) {
    auto response = problem(asked.request().id, {Code::conflict, "edit_conflict",
                                                 "the document was changed meanwhile, see paths"});
    contract::JsonWriter json;
    json.object();
    json.key("currentRev").value(event.integer(rejected::current_rev));
    json.key("by").value(event.text(rejected::by));
    json.key("paths").raw(event.raw(rejected::paths));
    json.end();
    response.body.back() = ',';
    response.body += json.take().substr(1);
    asked.answer(std::move(response));
}

void answer_edited(Asked asked, const contract::Event& event, std::uint64_t seq) {
    const std::int64_t rev = event.integer(edited::rev);
    contract::JsonWriter json;
    json.object();
    json.key("documentId").value(event.stream());
    json.key("rev").value(rev);
    json.key("seq").value(seq);
    json.key("rebased").value(rev != event.integer(edited::base_rev) + 1);
    json.end();
    asked.answer_json(200, json.take());
}

// What became of a request stands right behind it, in the batch that it was appended in: also when
// it is asked for again.
void answer_outcome(Api& api, Asked asked, const session::Receipt& receipt) {
    const std::string id = asked.captures.front();
    Loop& loop = asked.loop();
    api.parts().journal.read(
        id, receipt.seq, {.events = 1, .bytes = 1}, loop,
        [asked = std::move(asked)](Result<std::vector<journal::StoredEvent>> events) mutable {
            if (!events) return asked.refuse(events.error());
            contract::EventChecker checker;
            const auto event = events->empty() ? fail(Code::internal, "internal", "no outcome")
                                               : checker.read_stored(events->front().bytes);
            if (!event) return asked.refuse(event.error());
            if (event->type() == contract::EventType::document_edit_rejected)
                return answer_conflict(std::move(asked), *event);
            answer_edited(std::move(asked), *event, events->front().seq);
        });
}

}  // namespace

// By the same event as on a socket: an edit with an Idempotency-Key is the same edit again.
void edit_document(Api& api, Asked asked) {
    const auto body = read_body(asked, contract::BodyType::edit_document);
    if (!body) return asked.refuse(body.error());
    const auto key = idempotency_key(asked.request());
    if (!key) return asked.refuse(key.error());
    namespace f = contract::body::edit_document;
    const std::string id = asked.captures.front();
    if (contract::stream_kind(id) != contract::StreamKind::document)
        return asked.refuse({Code::not_found, "document_not_found", "no such document"});
    const std::string event_id =
        key->empty() ? new_id("ll_", api.parts().clock.wall(), api.parts().random)
                     : derived_id("ll_", asked.principal, "edit_document:" + id, *key);
    contract::JsonWriter payload;
    payload.object();
    payload.key("baseRev").value(body->integer(f::base_rev));
    payload.key("patch").raw(body->raw(f::patch));
    payload.end();
    contract::EventChecker checker;
    auto event =
        checker.check(contract::event_json(event_id, id, format_rfc3339(api.parts().clock.wall()),
                                           "document.edit.requested", payload.take()),
                      contract::Sender::server);
    if (!event) return asked.refuse(event.error());
    document_command(api, std::move(asked), document::Right::edit,
                     document::Publish{std::move(*event)},
                     [&api](Asked done, const session::Receipt& receipt) {
                         answer_outcome(api, std::move(done), receipt);
                     });
}

}  // namespace lifeline::api
