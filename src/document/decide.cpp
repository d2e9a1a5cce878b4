#include "document/decide.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"
#include "contract/canonical.h"
#include "contract/json.h"
#include "contract/json_writer.h"
#include "document/editing.h"

namespace lifeline::document {

namespace {

using contract::EventType;
using contract::JsonWriter;

std::string digest_of(const Create& create) {
    JsonWriter json;
    json.object();
    json.key("kind").value(create.kind);
    json.key("title").value(create.title);
    json.key("owner").value(create.owner_id);
    json.key("account").value(create.account_id);
    json.key("session").value(create.session_id);
    json.key("initial").raw(create.initial_json.empty() ? "{}" : create.initial_json);
    json.end();
    return to_hex(sha256(contract::canonical_json(json.take())));
}

ServerEvent share_event(const State& state, const SetShare& share) {
    const bool ends = share.role == ShareRole::none;
    JsonWriter json;
    json.object();
    json.key("with").object();
    json.key(share.with_call ? "sessionId" : "userId").value(share.with);
    json.end();
    // What ends is named with the role that it was.
    const ShareRole was =
        share.with_call ? state.shared_with_call(share.with) : state.shared_with_user(share.with);
    json.key("role").value(to_text(ends ? was : share.role));
    json.end();
    return {fmt::format("ll_{}:{}", ends ? "unshared" : "shared", state.share_changes + 1),
            ends ? EventType::document_unshared : EventType::document_shared, json.take()};
}

Result<Decision> create(const State& state, const Create& create) {
    const std::string digest = digest_of(create);
    if (state.erased) return fail(Code::gone, "erased", "the document of this id was erased");
    if (state.exists()) {
        if (state.request_digest == digest) return Decision{};
        return fail(Code::conflict, "id_conflict",
                    "this documentId or Idempotency-Key was used for another document");
    }
    if (!create.initial_json.empty()) {
        const auto initial = contract::Json::parse(create.initial_json);
        if (!initial) return fail(initial.error());
        if (!initial->is_object())
            return fail(Code::malformed, "wrong_type", "a document is an object", "/initial");
    }
    JsonWriter json;
    json.object();
    json.key("documentId").value(state.id);
    json.key("kind").value(create.kind);
    json.key("ownerId").value(create.owner_id);
    json.key("accountId").value(create.account_id);
    json.key("title").value(create.title);
    if (!create.initial_json.empty()) json.key("initial").raw(create.initial_json);
    json.key("requestDigest").value(digest);
    json.end();
    Decision decision;
    decision.events.push_back({"ll_created", EventType::document_created, json.take()});
    if (!create.session_id.empty())
        decision.events.push_back(share_event(state, {create.session_id, true, ShareRole::editor}));
    return decision;
}

Result<Decision> set_share(const State& state, const SetShare& share, const Caller& caller) {
    if (const auto allowed = may(state, caller, Right::own); !allowed) return fail(allowed.error());
    const ShareRole now =
        share.with_call ? state.shared_with_call(share.with) : state.shared_with_user(share.with);
    if (now == share.role) return Decision{};
    if (now == ShareRole::none &&
        (state.open_shares(false) >= shares_max ||
         (share.with_call && state.open_shares(true) >= shared_calls_max)))
        return fail(
            Code::overloaded, "limit_exceeded",
            fmt::format("a document is shared with at most {}, and at most {} of them calls: "
                        "take one share back",
                        shares_max, shared_calls_max),
            "/with");
    return Decision{{share_event(state, share)}};
}

}  // namespace

Result<Decision> decide(const State& state, const Command& command) {
    if (const auto* request = std::get_if<Create>(&command.request)) return create(state, *request);
    if (const auto* record = std::get_if<RecordErased>(&command.request))
        return Decision{{{record->event_id, EventType::record_erased, record->payload_json}}};
    if (!state.exists()) return fail(Code::not_found, "document_not_found", "no such document");
    if (const auto* publish = std::get_if<Publish>(&command.request))
        return edit(state, publish->event, command);
    return set_share(state, std::get<SetShare>(command.request), command.caller);
}

}  // namespace lifeline::document
