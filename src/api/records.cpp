#include "api/records.h"

#include "api/administer.h"
#include "api/api.h"
#include "api/body.h"
#include "contract/json_writer.h"

// What is to be erased, what was, and what is held: for an admin alone, whoever's it is.
namespace lifeline::api {

namespace {

void write_erasure(contract::JsonWriter& json, const retention::Erasure& erasure) {
    json.object();
    json.key("erasureId").value(erasure.id);
    if (!erasure.user_id.empty()) json.key("userId").value(erasure.user_id);
    if (!erasure.session_id.empty()) json.key("sessionId").value(erasure.session_id);
    json.key("state").value(erasure.done ? "done" : "requested");
    json.key("by").value(erasure.by);
    json.key("reason").value(erasure.reason);
    if (erasure.done) {
        json.key("calls").value(erasure.calls);
        json.key("documents").value(erasure.documents);
        json.key("events").value(erasure.events);
    }
    json.end();
}

std::string erasure_json(const retention::Erasure& erasure) {
    contract::JsonWriter json;
    write_erasure(json, erasure);
    return json.take();
}

std::string erasures_json(const retention::Ledger& ledger) {
    contract::JsonWriter json;
    json.object().key("erasures").array();
    for (const auto& erasure : ledger.erasures()) write_erasure(json, erasure);
    json.end();
    json.end();
    return json.take();
}

std::string holds_json(const retention::Ledger& ledger) {
    contract::JsonWriter json;
    json.object().key("holds").array();
    for (const auto& [hold, held] : ledger.holds()) {
        json.object();
        json.key("scope").value(retention::to_text(hold.scope));
        json.key("subject").value(hold.subject);
        json.key("by").value(held.by);
        json.key("reason").value(held.reason);
        json.end();
    }
    json.end();
    json.end();
    return json.take();
}

void answer_from_ledger(Api& api, Asked asked,
                        std::function<Result<std::string>(const retention::Ledger&)> view) {
    if (const auto may = may_administer(asked.principal); !may) return asked.refuse(may.error());
    Loop& loop = asked.loop();
    api.parts().records.look(loop, [asked = std::move(asked), view = std::move(view)](
                                       const Result<retention::Ledger>& ledger) mutable {
        if (!ledger) return asked.refuse(ledger.error());
        auto json = view(*ledger);
        if (!json) return asked.refuse(json.error());
        asked.answer_json(200, std::move(*json));
    });
}

}  // namespace

void request_erasure(Api& api, Asked asked) {
    if (const auto may = may_administer(asked.principal); !may) return asked.refuse(may.error());
    const auto body = read_body(asked, contract::BodyType::request_erasure);
    if (!body) return asked.refuse(body.error());
    namespace field = contract::body::request_erasure;
    if (body->has(field::user_id) == body->has(field::session_id))
        return asked.refuse(Error{Code::malformed, "missing_field",
                                  "either a userId or a sessionId says what is to be erased",
                                  "/userId"});
    retention::Erasure erasure{
        .id = {},
        .user_id = body->has(field::user_id) ? std::string(body->text(field::user_id)) : "",
        .session_id =
            body->has(field::session_id) ? std::string(body->text(field::session_id)) : "",
        .by = asked.principal.user_id,
        .reason = std::string(body->text(field::reason))};
    Loop& loop = asked.loop();
    api.parts().records.erase(
        std::move(erasure), loop,
        [asked = std::move(asked)](const Result<retention::Erasure>& written) mutable {
            if (!written) return asked.refuse(written.error());
            asked.answer_json(202, erasure_json(*written));
        });
}

void list_erasures(Api& api, Asked asked) {
    answer_from_ledger(api, std::move(asked), [](const retention::Ledger& ledger) {
        return Result<std::string>(erasures_json(ledger));
    });
}

void get_erasure(Api& api, Asked asked) {
    const std::string id = asked.captures.front();
    answer_from_ledger(
        api, std::move(asked), [id](const retention::Ledger& ledger) -> Result<std::string> {
            const auto* erasure = ledger.erasure(id);
            if (erasure == nullptr)
                return fail(Code::not_found, "erasure_not_found", "there is no erasure " + id);
            return erasure_json(*erasure);
        });
}

void list_holds(Api& api, Asked asked) {
    answer_from_ledger(api, std::move(asked), [](const retention::Ledger& ledger) {
        return Result<std::string>(holds_json(ledger));
    });
}

void change_hold(Api& api, Asked asked) {
    if (const auto may = may_administer(asked.principal); !may) return asked.refuse(may.error());
    const auto body = read_body(asked, contract::BodyType::change_hold);
    if (!body) return asked.refuse(body.error());
    namespace field = contract::body::change_hold;
    const auto scope = retention::hold_scope_from(body->text(field::scope));
    if (!scope) return asked.refuse(Error{Code::malformed, "unknown_value", {}, "/scope"});
    retention::HoldChange change{.hold = {*scope, std::string(body->text(field::subject))},
                                 .enabled = body->flag(field::enabled),
                                 .by = asked.principal.user_id,
                                 .reason = std::string(body->text(field::reason))};
    Loop& loop = asked.loop();
    api.parts().records.hold(
        std::move(change), loop,
        [asked = std::move(asked)](const Result<retention::Ledger>& ledger) mutable {
            if (!ledger) return asked.refuse(ledger.error());
            asked.answer_json(200, holds_json(*ledger));
        });
}

}  // namespace lifeline::api
