#include "mcp/answer.h"

#include <fmt/format.h>

#include "contract/canonical.h"
#include "contract/json.h"
#include "contract/json_writer.h"

namespace lifeline::mcp {

namespace {

using call::ActionState;
using contract::Event;

std::string said(const std::optional<Event>& event, std::string_view name) {
    const auto text = event ? event->find_text(name) : std::nullopt;
    return std::string(text.value_or(""));
}

std::string not_done(std::string_view why) {
    return fmt::format("Not done. {}", why);
}

std::string why_cancelled(std::string_view cause) {
    if (cause == "denied") return not_done("The person said no.");
    if (cause == "expired") return not_done("Nobody answered in time.");
    return not_done(fmt::format("It was called off ({}).", cause.empty() ? "cancelled" : cause));
}

// Of what is over, by its last word.
std::string last_word(const call::Action& action, const std::optional<Event>& outcome) {
    const std::string_view how = action.outcome;
    if (how == "succeeded") {
        const std::string summary = said(outcome, "resultSummary");
        return summary.empty() ? "Done." : summary;
    }
    if (how == "rejected")
        return fmt::format("Not accepted ({}): {}", said(outcome, "code"),
                           said(outcome, "message"));
    if (how == "blocked") {
        const std::string told = said(outcome, "userMessage");
        return not_done(
            told.empty() ? fmt::format("The rules say no ({}).", said(outcome, "reason")) : told);
    }
    if (how == "cancelled") return why_cancelled(said(outcome, "cause"));
    if (how == "failed")
        return not_done(
            fmt::format("It failed ({}): {}", said(outcome, "code"), said(outcome, "message")));
    if (how == "timed_out") return not_done("It took too long.");
    if (how == "resolved" && said(outcome, "by") == "probe")
        return fmt::format("The tool was asked what came of it: {}. {}",
                           said(outcome, "resolution"), said(outcome, "evidence"));
    if (how == "resolved")
        return fmt::format("A person found out: {}. {}", said(outcome, "resolution"),
                           said(outcome, "evidence"));
    return fmt::format("It is over: {}.", how);
}

std::string message_of(const call::Action& action, const std::optional<Event>& outcome) {
    switch (action.state) {
        case ActionState::accepted:
        case ActionState::approved:
        case ActionState::started:
        case ActionState::retrying:
            return "It is being done. get_action says what comes of it.";
        case ActionState::evaluating:
            return "Nothing was done yet: it is being judged. get_action says what comes of it.";
        case ActionState::awaiting_confirmation:
            return "Nothing was done yet: a person has to say yes first and was asked. Do not "
                   "request it again; get_action says what they answered.";
        case ActionState::unknown:
            if (action.probe_at)
                return "It may have been done or not; the tool is being asked. Do not request it "
                       "again; get_action says what came of it.";
            return "It may have been done or not; a person has to find out. Do not request it "
                   "again.";
        case ActionState::over:
            return last_word(action, outcome);
    }
    return {};
}

bool nothing_came_of_it(const call::Action& action, const std::optional<Event>& outcome) {
    if (!action.is_over()) return false;
    if (action.outcome == "resolved") return said(outcome, "resolution") != "succeeded";
    return action.outcome != "succeeded";
}

}  // namespace

ActionAnswer action_answer(const call::Action& action, bool repeated,
                           const std::optional<Event>& outcome) {
    contract::JsonWriter json;
    const auto optional = [&json](std::string_view key, std::string_view value) {
        if (!value.empty()) json.key(key).value(value);
    };
    json.object();
    json.key("status").value(action.outcome == "rejected" ? "rejected"
                             : repeated                   ? "duplicate"
                                                          : "accepted");
    json.key("actionId").value(action.id);
    json.key("actionType").value(action.type);
    json.key("state").value(call::to_text(action.state));
    optional("outcome", action.outcome);
    json.key("message").value(message_of(action, outcome));
    if (action.confirmation) {
        json.key("confirmation").object();
        json.key("confirmationId").value(action.confirmation->id);
        json.key("expiresAt").value(format_rfc3339(action.confirmation->expires_at));
        json.end();
    }
    if (outcome) {
        for (const std::string_view name : {"code", "reason", "cause", "resolution", "effectId"})
            optional(name, said(outcome, name));
        const auto payload = contract::Json::parse(outcome->payload_json());
        const auto result = payload ? payload->find("result") : std::nullopt;
        if (result) json.key("result").raw(contract::canonical_json(*result));
    }
    json.end();
    return {json.take(), nothing_came_of_it(action, outcome)};
}

}  // namespace lifeline::mcp
