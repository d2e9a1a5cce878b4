#include "orchestration/policy_engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "contract/form.h"
#include "contract/json.h"
#include "orchestration/foreign_text.h"
#include "orchestration/outcome.h"

namespace lifeline::orchestration {

namespace {

using Outcome = call::EngineWord::Outcome;

constexpr std::size_t answer_bytes_max = 64 * 1024;
constexpr std::size_t message_characters_max = 500;

std::optional<Outcome> outcome_in(const contract::Json& result) {
    if (const auto yes = result.as_bool()) return *yes ? Outcome::allow : Outcome::deny;
    if (const auto word = result.find("outcome")) {
        const auto text = word->as_text().value_or("");
        if (text == "allow") return Outcome::allow;
        if (text == "deny") return Outcome::deny;
        if (text == "confirm" || text == "require_confirmation") return Outcome::confirm;
        return std::nullopt;
    }
    const auto allow = result.find("allow");
    if (!allow || !allow->as_bool()) return std::nullopt;
    return *allow->as_bool() ? Outcome::allow : Outcome::deny;
}

}  // namespace

call::EngineWord engine_word_of(const Result<net::Response>& answer) {
    if (!answer || answer->status != 200) return {};
    const auto json = contract::Json::parse(tame_json(answer->body));
    if (!json) return {};
    const auto result = json->find("result");  // Absent where no rule is defined.
    if (!result) return {};
    const auto outcome = outcome_in(*result);
    if (!outcome) return {};
    call::EngineWord word{.outcome = *outcome};
    const auto rule = result->text("rule").value_or("");
    // It becomes part of a rule's name, which begins with `engine:`.
    constexpr std::size_t rule_bytes_max = 56;
    if (rule.size() <= rule_bytes_max && contract::matches(contract::Form::id, rule))
        word.rule = rule;
    word.message = fit(result->text("message").value_or(""), message_characters_max);
    return word;
}

void PolicyEngine::ask(const std::string& input_json, Millis within,
                       std::move_only_function<void(call::EngineWord)> done) {
    net::FetchRequest request;
    request.url = config_.url;
    request.method = "POST";
    request.body = fmt::format(R"({{"input":{}}})", input_json);
    request.egress = net::Egress::anywhere;  // The operator's own setting.
    request.timeout = std::min(within, config_.timeout);
    request.body_bytes_max = answer_bytes_max;
    request.headers.push_back({"Content-Type", "application/json"});
    request.headers.push_back({"Accept", "application/json"});
    if (!config_.token.reveal().empty())
        request.headers.push_back({"Authorization", "Bearer " + config_.token.reveal()});
    client_.fetch(std::move(request),
                  [done = std::move(done)](const Result<net::Response>& answer) mutable {
                      done(engine_word_of(answer));
                  });
}

}  // namespace lifeline::orchestration
