#include <fmt/format.h>

#include <memory>

#include "api/api.h"
#include "api/body.h"
#include "api/caller.h"
#include "api/document_access.h"
#include "api/idempotency.h"
#include "api/routes.h"
#include "base/id.h"
#include "library/library.h"

namespace lifeline::api {

namespace {

using contract::Role;
using document::Caller;
using document::Right;

void answer_document(Api& api, Asked asked, unsigned status) {
    find_document_caller(
        api, std::move(asked), Right::read, [&api, status](Asked found, Caller caller) {
            const std::string id = found.captures.front();
            Loop& loop = found.loop();
            api.parts().documents.look<std::string>(
                id, loop,
                [caller, epoch = api.parts().journal.epoch()](
                    session::DocumentActor& actor) -> Result<std::string> {
                    if (const auto may = document::may(actor.state(), caller, Right::read); !may)
                        return fail(may.error());
                    return document_json(actor, caller, epoch);
                },
                [found = std::move(found), status](Result<std::string> json) mutable {
                    if (!json) return found.refuse(json.error());
                    found.answer_json(
                        status, status == 201 ? "{\"document\":" + *json + "}" : std::move(*json));
                });
        });
}

void submit_create(Api& api, Asked asked, document::Create create, std::string id) {
    const auto& principal = asked.principal;
    const contract::Actor actor{std::string(contract::to_text(principal.role)), principal.user_id};
    auto caller = document_caller_of(principal);
    Loop& loop = asked.loop();
    asked.captures = {id};
    api.parts().documents.submit(
        id, {std::move(create), actor, std::move(caller)}, loop,
        [&api, asked = std::move(asked)](Result<session::Receipt> receipt) mutable {
            if (!receipt) return asked.refuse(receipt.error());
            answer_document(api, std::move(asked), 201);
        });
}

struct OfCall {
    Role role = Role::viewer;
    std::string owner_id;
    std::string account_id;
};

// In a call a document may be made by all who may write there; it belongs to who makes it, or to
// the call's owner where that is an agent, a service or a guest.
void create_in_call(Api& api, Asked asked, document::Create create, std::string id) {
    Loop& loop = asked.loop();
    const std::string session_id = create.session_id;
    auto principal = asked.principal;
    auto keep = std::make_shared<Asked>(std::move(asked));
    api.parts().sessions.look<OfCall>(
        session_id, loop,
        [principal](session::Actor& actor) -> Result<OfCall> {
            const auto role = authorize(actor.state(), principal, Need::write);
            if (!role) return fail(role.error());
            if (!actor.state().open()) return fail(Code::gone, "session_over", "the call is over");
            return OfCall{*role, actor.state().owner_id, actor.state().account_id};
        },
        [&api, keep, create = std::move(create), id = std::move(id),
         principal](Result<OfCall> call) mutable {
            if (!call) return keep->refuse(call.error());
            const bool themselves = call->role == Role::user && !principal.call &&
                                    principal.account_id == call->account_id;
            if (create.owner_id.empty())
                create.owner_id = themselves ? principal.user_id : call->owner_id;
            create.account_id = call->account_id;
            submit_create(api, std::move(*keep), std::move(create), std::move(id));
        });
}

bool names_owners(Role role) {
    return role == Role::service || role == Role::operator_ || role == Role::admin;
}

}  // namespace

void create_document(Api& api, Asked asked) {
    const auto body = read_body(asked, contract::BodyType::create_document);
    if (!body) return asked.refuse(body.error());
    const auto key = idempotency_key(asked.request());
    if (!key) return asked.refuse(key.error());
    namespace f = contract::body::create_document;
    const auto text = [&](contract::Field name) {
        return body->has(name) ? std::string(body->text(name)) : std::string();
    };
    const auto& principal = asked.principal;
    document::Create create;
    create.kind = text(f::kind);
    create.title = text(f::title);
    create.owner_id = text(f::owner_id);
    create.session_id = text(f::session_id);
    create.account_id = principal.account_id;
    if (body->has(f::initial)) create.initial_json = body->raw(f::initial);
    if (!create.owner_id.empty() && create.owner_id != principal.user_id &&
        !names_owners(principal.role))
        return asked.refuse(
            {Code::not_allowed, "forbidden", "only a service may name another owner", "/ownerId"});
    if (principal.call && create.session_id != principal.call->session_id)
        return asked.refuse({Code::not_found, "session_not_found", "no such call", "/sessionId"});
    std::string id = body->has(f::document_id) ? text(f::document_id)
                     : !key->empty() ? derived_id("doc_", principal, "create_document", *key)
                                     : new_id("doc_", api.parts().clock.wall(), api.parts().random);
    if (!create.session_id.empty())
        return create_in_call(api, std::move(asked), std::move(create), std::move(id));
    if (principal.role != Role::user && !names_owners(principal.role))
        return asked.refuse(
            {Code::not_allowed, "forbidden", "this role makes documents in a call only"});
    if (create.owner_id.empty()) create.owner_id = principal.user_id;
    submit_create(api, std::move(asked), std::move(create), std::move(id));
}

void get_document(Api& api, Asked asked) {
    answer_document(api, std::move(asked), 200);
}

void list_documents(Api& api, Asked asked) {
    const auto& request = asked.request();
    const auto& principal = asked.principal;
    if (principal.call)
        return asked.refuse({Code::not_found, "session_not_found", "this token is for one call"});
    library::LibraryQuery query;
    if (principal.role != Role::admin) query.account_id = principal.account_id;
    const bool whole_account = names_owners(principal.role) || principal.role == Role::auditor;
    if (!whole_account) query.user_id = principal.user_id;
    if (const auto* kind = request.query("kind")) query.kind = *kind;
    const auto cursor = number_query(request, "cursor", 1, INT64_MAX, INT64_MAX);
    if (!cursor) return asked.refuse(cursor.error());
    const auto limit = number_query(request, "limit", 1, 500, 50);
    if (!limit) return asked.refuse(limit.error());
    query.before = static_cast<std::uint64_t>(*cursor);
    query.limit = static_cast<std::size_t>(*limit);
    Loop& loop = asked.loop();
    api.parts().library.list(
        std::move(query), loop,
        [asked = std::move(asked),
         limit = *limit](Result<std::vector<library::LibraryRow>> rows) mutable {
            if (!rows) return asked.refuse(rows.error());
            contract::JsonWriter json;
            json.object().key("documents").array();
            for (const auto& row : *rows) {
                json.object();
                json.key("documentId").value(row.document_id);
                json.key("kind").value(row.kind);
                json.key("title").value(row.title);
                json.key("ownerId").value(row.owner_id);
                json.key("accountId").value(row.account_id);
                json.key("rev").value(row.rev);
                json.key("createdAt").value(row.created_at);
                json.end();
            }
            json.end();
            if (rows->size() == static_cast<std::size_t>(limit))
                json.key("next").value(fmt::format("{}", rows->back().position));
            json.end();
            asked.answer_json(200, json.take());
        });
}

}  // namespace lifeline::api
