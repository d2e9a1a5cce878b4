#include "api/published_keys.h"

#include "base/text.h"
#include "contract/json_writer.h"

namespace lifeline::api {

namespace {

void write_usage_key(contract::JsonWriter& json, const metering::RecordKey& key) {
    json.object().key("kty").value("OKP").key("crv").value("Ed25519");
    json.key("x").value(to_base64url(view(key.key))).key("kid").value(key.id);
    json.key("alg").value("EdDSA").key("use").value("usage");
    json.key("state").value(metering::to_text(key.state));
    json.key("since").value(format_rfc3339(key.since));
    if (key.active_from) json.key("activeFrom").value(*key.active_from);
    if (key.retired_at) json.key("retiredAt").value(*key.retired_at);
    if (key.doubtful_from) json.key("doubtfulFrom").value(*key.doubtful_from);
    if (!key.endorsed_by.empty()) json.key("endorsedBy").value(key.endorsed_by);
    json.end();
}

}  // namespace

std::string published_keys_json(const identity::InstanceKeys& instance,
                                const metering::KeyHistory& usage) {
    contract::JsonWriter json;
    json.object().key("keys").array().raw(instance.public_jwk_json());
    for (const metering::RecordKey& key : usage.all()) write_usage_key(json, key);
    json.end().end();
    return json.take();
}

}  // namespace lifeline::api
