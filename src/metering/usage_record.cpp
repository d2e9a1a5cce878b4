#include "metering/usage_record.h"

#include <fmt/format.h>

#include "base/fact_id.h"
#include "base/text.h"
#include "contract/canonical.h"
#include "contract/json_writer.h"

namespace lifeline::metering {

namespace {

// Keeps a signature from being one of anything else.
constexpr std::string_view signed_as = "lifeline-usage-record-1\n";

std::string_view to_text(UsageRecord::Class cls) {
    switch (cls) {
        case UsageRecord::Class::measured:
            return "measured";
        case UsageRecord::Class::imported:
            return "imported";
        case UsageRecord::Class::corrected:
            return "corrected";
    }
    return "measured";
}

void put_quantity(contract::JsonWriter& json, std::string_view key,
                  const std::optional<std::int64_t>& quantity) {
    json.key(key);
    if (quantity) {
        json.value(std::to_string(*quantity));
    } else {
        json.null();
    }
}

}  // namespace

std::string dims_json(const Dims& dims) {
    contract::JsonWriter json;
    json.object();
    for (const auto& [name, value] : dims) json.key(name).value(value);
    json.end();
    return json.take();
}

std::string record_id(const CallName& call, const UsageKey& key, std::int64_t meter_version,
                      std::string_view fact) {
    return fact_id("mr_", {"usage record", call.account_id, call.session_id, key.participant,
                           key.meter, std::to_string(meter_version), dims_json(key.dims), fact});
}

std::string record_json(const CallName& call, const UsageRecord& record, const Meter& meter) {
    contract::JsonWriter json;
    json.object();
    json.key("accountId").value(call.account_id);
    if (!record.action_id.empty()) json.key("actionId").value(record.action_id);
    json.key("class").value(to_text(record.cls));
    if (!record.corrects.empty()) json.key("corrects").value(record.corrects);
    json.key("cumulative").value(std::to_string(record.cumulative));
    if (!record.key.dims.empty()) json.key("dims").raw(dims_json(record.key.dims));
    if (!record.end_cause.empty()) json.key("endCause").value(record.end_cause);
    json.key("evidence").object().key("count").value(record.evidence.count);
    json.key("seqFirst").value(record.evidence.first).key("seqLast").value(record.evidence.last);
    json.key("sha256").value(to_hex(record.evidence.chain)).end();
    json.key("from").value(format_rfc3339(record.from));
    json.key("meter").value(record.key.meter).key("meterVersion").value(meter.version);
    json.key("needsReconciliation").value(record.needs_reconciliation);
    if (!record.key.participant.empty()) json.key("participant").value(record.key.participant);
    put_quantity(json, "quantity", record.quantity);
    put_quantity(json, "quantityRaw", record.raw);
    json.key("recordId").value(record.id);
    if (!record.report_id.empty()) json.key("reportId").value(record.report_id);
    json.key("sessionId").value(call.session_id);
    json.key("to").value(format_rfc3339(record.to));
    json.key("unit").value(meter.unit).key("window").value(text_of(record.window)).end();
    return contract::canonical_json(json.take());
}

std::string sign_record(std::string_view record_json, std::string_view key_id,
                        const SigningKey& key) {
    const std::string_view open = record_json.substr(0, record_json.size() - 1);
    const std::string whole =
        contract::canonical_json(fmt::format(R"({},"keyId":"{}"}})", open, key_id));
    const auto signature = key.sign(std::string(signed_as) + whole);
    return contract::canonical_json(fmt::format(R"({},"signature":"{}"}})",
                                                std::string_view(whole).substr(0, whole.size() - 1),
                                                to_base64url(view(signature))));
}

Status verify_record(const contract::Json& payload, const VerifyKey& key) {
    const auto refuse = [&](std::string_view what) {
        return fail(
            Code::corrupt, "record_altered",
            fmt::format("{} {}", payload.text("recordId").value_or("a usage record"), what));
    };
    const auto signature = from_base64url(payload.text("signature").value_or(""));
    if (!signature) return refuse("has no signature");
    contract::JsonWriter json;
    json.object();
    for (const auto& [name, value] : payload.members())
        if (name != "signature") json.key(name).raw(contract::canonical_json(value));
    json.end();
    if (!key.verify(std::string(signed_as) + contract::canonical_json(json.take()), *signature))
        return refuse("is not what was signed");
    return {};
}

}  // namespace lifeline::metering
