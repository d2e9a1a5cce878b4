#include "api/signing_keys.h"

#include <utility>

#include "api/account_query.h"
#include "api/api.h"
#include "api/body.h"
#include "base/text.h"
#include "contract/json_writer.h"

namespace lifeline::api {

namespace {

void write_key(contract::JsonWriter& json, const metering::RecordKey& key) {
    json.object().key("keyId").value(key.id);
    json.key("publicKey").value(to_base64url(view(key.key)));
    json.key("use").value("usage").key("state").value(metering::to_text(key.state));
    json.key("since").value(format_rfc3339(key.since));
    if (key.doubtful_from) json.key("doubtfulFrom").value(*key.doubtful_from);
    json.end();
}

journal::Done<metering::RecordKey> answer(Asked asked, unsigned status) {
    return [asked = std::move(asked), status](const Result<metering::RecordKey>& key) mutable {
        if (!key) return asked.refuse(key.error());
        contract::JsonWriter json;
        write_key(json, *key);
        asked.answer_json(status, json.take());
    };
}

}  // namespace

void list_signing_keys(Api& api, Asked asked) {
    if (const auto may = account_overseen(asked.principal); !may) return asked.refuse(may.error());
    const metering::KeyHistory history = api.parts().signing_keys.history();
    if (history.empty())
        return asked.refuse(
            {Code::unavailable, "not_ready", "the history of keys is not read yet", {}});
    contract::JsonWriter json;
    json.object().key("keys").array();
    for (const metering::RecordKey& key : history.all()) write_key(json, key);
    json.end().end();
    asked.answer_json(200, json.take());
}

void rotate_signing_key(Api& api, Asked asked) {
    if (const auto may = may_administer(asked.principal); !may) return asked.refuse(may.error());
    const auto body = read_body(asked, contract::BodyType::rotate_key);
    if (!body) return asked.refuse(body.error());
    KeyDesk::Change change{.by = asked.principal.user_id,
                           .reason = std::string(body->text(contract::body::rotate_key::reason))};
    Loop& loop = asked.loop();
    api.parts().signing_keys.rotate(std::move(change), loop, answer(std::move(asked), 201));
}

void revoke_signing_key(Api& api, Asked asked) {
    if (const auto may = may_administer(asked.principal); !may) return asked.refuse(may.error());
    const auto body = read_body(asked, contract::BodyType::revoke_key);
    if (!body) return asked.refuse(body.error());
    namespace f = contract::body::revoke_key;
    const std::int64_t from = body->has(f::doubtful_from) ? body->integer(f::doubtful_from) : 0;
    KeyDesk::Change change{.key_id = asked.captures.front(),
                           .by = asked.principal.user_id,
                           .reason = std::string(body->text(f::reason)),
                           .doubtful_from = static_cast<std::uint64_t>(from)};
    Loop& loop = asked.loop();
    api.parts().signing_keys.revoke(std::move(change), loop, answer(std::move(asked), 200));
}

}  // namespace lifeline::api
