#include "reconciliation/reduced.h"

#include <algorithm>

#include "base/digest.h"
#include "base/text.h"
#include "contract/canonical.h"
#include "contract/json_writer.h"

namespace lifeline::reconciliation {

namespace {

using contract::Json;

std::string content_of(const Json& json) {
    auto members = json.members();
    std::ranges::sort(members, {}, &Json::Member::key);
    contract::JsonWriter out;
    out.object();
    for (const auto& [name, value] : members)
        if (name != "signature" && name != "keyId")
            out.key(name).raw(contract::canonical_json(value));
    out.end();
    return to_hex(sha256(out.take()));
}

std::string fact_of(const Json& json) {
    const auto evidence = json.find("evidence");
    std::string fact = evidence ? contract::canonical_json(*evidence) : "";
    for (const auto* name : {"actionId", "reportId", "class"})
        fact.append("/").append(json.text(name).value_or(""));
    return to_hex(sha256(fact));
}

}  // namespace

std::string reduced_event(const RawEvent& event, const Json& payload) {
    contract::JsonWriter out;
    if (event.type == "transcript.final") {
        const std::string_view text = payload.text("text").value_or("");
        const auto chars = std::ranges::count_if(
            text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
        out.object().key("chars").value(std::to_string(chars));
        out.key("speaker").value(payload.text("speaker").value_or("")).end();
        return out.take();
    }
    if (event.type.starts_with("orchestration.action.")) {
        out.object();
        for (const auto* name : {"actionId", "actionType", "resolution"})
            if (const auto text = payload.text(name)) out.key(name).value(*text);
        out.end();
        return out.take();
    }
    return event.type.starts_with("call.") ? "{}" : event.payload;
}

std::string reduced_record(const Json& payload) {
    contract::JsonWriter out;
    out.object().key("content").value(content_of(payload)).key("fact").value(fact_of(payload));
    for (const auto* name : {"accountId", "meter", "participant", "quantity", "unit"})
        if (const auto text = payload.text(name)) out.key(name).value(*text);
    if (const auto dims = payload.find("dims"))
        out.key("dims").raw(contract::canonical_json(*dims));
    out.end();
    return out.take();
}

}  // namespace lifeline::reconciliation
