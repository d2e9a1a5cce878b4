#include "api/administer.h"
#include "api/api.h"
#include "api/proofs.h"
#include "base/text.h"
#include "contract/json_writer.h"

namespace lifeline::api {

// Who keeps heads is a person who oversees, or whoever does it for them: not an app's backend.
void list_heads(Api& api, Asked asked) {
    if (const auto account = account_overseen(asked.principal); !account)
        return asked.refuse(account.error());
    if (asked.principal.role == contract::Role::service)
        return asked.refuse(
            {Code::not_allowed, "forbidden", "this is for operators, auditors and admins", {}});
    const PublishedHeads published = api.parts().proofs.heads();
    contract::JsonWriter json;
    json.object();
    json.key("key").object();
    json.key("keyId").value(journal::key_id(published.key));
    json.key("alg").value("Ed25519");
    json.key("publicKey").value(to_hex(published.key));
    json.end();
    json.key("heads").array();
    for (const auto& head : published.heads) json.raw(journal::head_line(head));
    json.end();
    json.end();
    asked.answer_json(200, json.take());
}

}  // namespace lifeline::api
