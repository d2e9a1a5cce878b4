#include "orchestration/probe.h"

#include "contract/json_writer.h"
#include "orchestration/outcome.h"

namespace lifeline::orchestration {

namespace {

constexpr std::size_t effect_id_characters_max = 256;

}  // namespace

ProbeAnswer probe_answer_of(const contract::Json& json) {
    ProbeAnswer answer;
    const auto status = json.text("status").value_or("");
    if (status == "done")
        answer.said = ProbeAnswer::Said::done;
    else if (status == "not_done")
        answer.said = ProbeAnswer::Said::not_done;
    for (const char* key : {"summary", "message"})
        if (answer.message.empty())
            answer.message = fit(json.text(key).value_or(""), summary_characters_max);
    if (answer.said != ProbeAnswer::Said::done) return answer;
    if (const auto result = json.find("result"); result && result->is_object())
        answer.result_json = fit_object(*result);
    // A part of an id proves nothing, so one that is too long is left out.
    const std::string_view effect = json.text("effectId").value_or("");
    if (std::string id = fit(effect, effect_id_characters_max); id == effect)
        answer.effect_id = std::move(id);
    return answer;
}

std::string probe_question(const Unresolved& action) {
    contract::JsonWriter json;
    json.object();
    json.key("actionId").value(action.action_id);
    json.key("actionType").value(action.action_type);
    json.key("sessionId").value(action.session_id);
    json.key("attempt").value(action.attempt);
    json.key("idempotencyKey").value(action.idempotency_key);
    json.end();
    return json.take();
}

}  // namespace lifeline::orchestration
