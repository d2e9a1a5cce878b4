#include "safety/inputs_hash.h"

#include "base/digest.h"
#include "base/text.h"
#include "contract/canonical.h"
#include "contract/json_writer.h"

namespace lifeline::safety {

namespace {

constexpr std::string_view tag = "lifeline.safety.inputs.v1\n";

}  // namespace

std::optional<contract::Json> arguments_of(const Question& question) {
    auto json = contract::Json::parse(question.args_json.empty() ? "{}" : question.args_json);
    return json ? std::optional(*std::move(json)) : std::nullopt;
}

// Written in its canonical form straight away: the keys are in order. Consents keep theirs, since
// of two about one subject the last counts.
std::string inputs_hash(const Question& question, const std::optional<contract::Json>& args) {
    contract::JsonWriter json;
    json.object();
    json.key("accountId").value(question.account_id);
    json.key("actionType").value(question.action_type);
    if (args)
        json.key("args").raw(contract::canonical_json(*args));
    else
        json.key("argsUnreadable").value(question.args_json);
    json.key("consents").array();
    for (const auto& [subject, state] : question.consents)
        json.object().key("state").value(state).key("subject").value(subject).end();
    json.end();
    json.key("countInCall").value(question.count_in_call);
    if (const auto& counts = question.day_counts) {
        json.key("dayCounts").object();
        json.key("account").value(counts->account).key("owner").value(counts->owner).end();
    }
    if (const auto& engine = question.engine) {
        json.key("engine").object();
        json.key("message").value(engine->message);
        json.key("outcome").value(engine->outcome ? to_text(*engine->outcome) : "unavailable");
        json.key("rule").value(engine->rule).end();
    }
    json.key("requesterId").value(question.requester_id);
    json.key("risk").value(contract::to_text(question.risk));
    json.key("role").value(contract::to_text(question.role));
    json.key("sessionId").value(question.session_id);
    json.end();
    return to_hex(Sha256().of({tag, json.take()}));
}

}  // namespace lifeline::safety
