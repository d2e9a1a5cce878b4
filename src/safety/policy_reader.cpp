#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "contract/canonical.h"
#include "contract/form.h"
#include "contract/reason.h"
#include "safety/fields.h"
#include "safety/policy_content.h"
#include "safety/rule_reader.h"

namespace lifeline::safety {

using contract::Json;

namespace {

constexpr std::string_view tag = "lifeline.safety.policy.v1\n";

std::string form_of(Fields& fields, std::string_view key, contract::Form form) {
    auto text = fields.text(key);
    if (!text || !contract::matches(form, *text))
        fields.refuse(key, "must be there, of letters, digits and _.:-");
    return std::move(text).value_or("");
}

// [default] low_risk_write = "confirm"
void read_defaults(const Json& json, const std::string& pointer, Faults& faults,
                   std::array<Outcome, 3>& defaults) {
    Fields fields(json, pointer, faults);
    for (std::size_t i = 0; i < defaults.size(); ++i) {
        const auto risk = static_cast<contract::Risk>(i);
        const auto name = contract::to_text(risk);
        const auto word = fields.text(name);
        if (!word) continue;
        const auto outcome = outcome_from(*word);
        if (!outcome)
            fields.refuse(name, "must be allow, confirm or deny");
        else if (risk == contract::Risk::high_risk_external_send && *outcome == Outcome::allow)
            fields.refuse(name, "cannot be allow; a rule with acknowledge_risk can");
        else
            defaults.at(i) = *outcome;
    }
}

void read_rules(const Json& json, Faults& faults, Policy::Content& content) {
    const auto items = json.items();
    if (!json.is_array()) faults.add("/rules", "rules must be [[rules]] tables");
    if (items.size() > rules_max)
        return faults.add("/rules", fmt::format("there are more than {} rules", rules_max));
    for (std::size_t i = 0; i < items.size() && faults.status(); ++i) {
        const std::string pointer = fmt::format("/rules/{}", i);
        const auto name = items[i].text("name").value_or("");
        faults.begin_rule(fmt::format("{} ({})", i + 1, name.empty() ? "without a name" : name));
        Rule rule = read_rule(items[i], pointer, content.paths, faults);
        if (std::ranges::find(content.rules, rule.name, &Rule::name) != content.rules.end())
            faults.add(pointer + "/name", "name is that of a rule before it");
        content.rules.push_back(std::move(rule));
    }
    faults.begin_rule({});
}

// [voice.de] yes = ["ja", "ja bitte"], no = ["nein"]: instead of the words that are known without.
void read_voice(const Json& json, Faults& faults, VoiceWords& voice) {
    if (!json.is_object()) return faults.add("/voice", "voice must be [voice.LANGUAGE] tables");
    voice = VoiceWords();
    for (const auto& [language, words] : json.members()) {
        Fields fields(words, "/voice/" + std::string(language), faults);
        for (const Spoken meaning : {Spoken::yes, Spoken::no}) {
            const std::string_view key = meaning == Spoken::yes ? "yes" : "no";
            for (const std::string& word : fields.texts(key))
                if (!voice.add(language, word, meaning))
                    fields.refuse(key,
                                  fmt::format("has \"{}\", which says nothing, or both", word));
        }
    }
}

}  // namespace

Result<Policy::Content> read_policy(std::string_view json) {
    if (json.size() > policy_bytes_max)
        return contract::refuse(contract::reason::policy_invalid,
                                fmt::format("a policy has at most {} bytes", policy_bytes_max));
    const auto root = Json::parse(json);
    if (!root)
        return contract::refuse(
            contract::reason::policy_invalid,
            fmt::format("it is not JSON as the contract has it ({})", root.error().reason));
    Faults faults;
    Policy::Content content;
    {
        Fields fields(*root, "", faults);
        content.id = form_of(fields, "id", contract::Form::id);
        content.version = form_of(fields, "version", contract::Form::word);
        if (const auto defaults = fields.find("default"))
            read_defaults(*defaults, "/default", faults, content.defaults);
        if (const auto rules = fields.find("rules")) read_rules(*rules, faults, content);
        if (const auto voice = fields.find("voice")) read_voice(*voice, faults, content.voice);
    }
    if (!faults.status()) return fail(faults.status().error());
    content.json = contract::canonical_json(*root);
    content.hash = to_hex(Sha256().of({tag, content.json}));
    return content;
}

}  // namespace lifeline::safety
