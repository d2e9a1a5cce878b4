#include <fmt/format.h>

#include <map>
#include <optional>
#include <string>

#include "agency.h"
#include "contract/json.h"
#include "gates.h"

// What people meant by a grant and by a spoken yes, held against the journal; written from the
// contract's words and not from the rules' code.
namespace lifeline::simulation {

namespace {

struct Utterance {
    std::uint64_t began = 0;
    std::string text;
};

struct Heard {
    std::map<std::string, Utterance> of_people;         // By utteranceId.
    std::map<std::string, std::uint64_t> read_back;     // confirmationId -> seq of the last one
    std::uint64_t agent_spoke = 0;                      // seq of its last word
    std::map<std::string, WallTime> granted;            // grantId -> when
    std::map<std::string, std::uint64_t> revoked;       // grantId -> seq
    std::map<std::string, std::string> granted_action;  // actionId -> grantId, as last evaluated
    std::map<std::uint64_t, WallTime> began;            // seq of action.started -> when
    std::map<std::uint64_t, std::string> began_by;      // the same -> grantId
};

std::string text_of(const contract::Json& json, std::string_view key) {
    return std::string(json.text(key).value_or(""));
}

void evaluated(const contract::Json& payload, Heard& heard) {
    const auto subject = payload.find("subject");
    const auto rules = payload.find("rules");
    if (!subject || !rules) return;
    std::string& grant = heard.granted_action[text_of(*subject, "id")];
    grant.clear();
    for (const contract::Json& rule : rules->items())
        if (const auto name = rule.as_text().value_or(""); name.starts_with("grant:"))
            grant = name.substr(6);
}

// Nothing where the answer stands as one; else what is wrong with it.
std::string wrong_with(const contract::Json& payload, const Heard& heard, std::uint64_t began) {
    const auto asked = heard.read_back.find(text_of(payload, "confirmationId"));
    const auto said = heard.of_people.find(text_of(payload, "utteranceId"));
    if (asked == heard.read_back.end()) return "a yes to what was not read back";
    if (said == heard.of_people.end()) return "a yes that nobody said";
    if (said->second.text != "yes") return "a yes that was none";
    if (began < asked->second) return "a yes that began before the question was out";
    if (heard.agent_spoke > asked->second) return "a yes to something else";
    return {};
}

}  // namespace

void Gates::check(const std::string& call, const std::vector<journal::StoredEvent>& events,
                  const std::vector<Done>& notes) {
    Heard heard;
    for (const auto& stored : events) {
        const auto event = contract::Json::parse(stored.bytes);
        const auto payload = event ? event->find("payload") : std::nullopt;
        if (!payload) continue;
        const std::string type = text_of(*event, "type");
        const auto when = parse_rfc3339(text_of(*event, "ts")).value_or(WallTime{});
        const std::string utterance = text_of(*payload, "utteranceId");
        const bool by_agent = text_of(*payload, "speaker") == "agent";
        if (type == "transcript.utterance.started") {
            heard.of_people[utterance].began = stored.seq;
        } else if (type == "transcript.final" && by_agent) {
            heard.agent_spoke = stored.seq;
            if (const auto id = text_of(*payload, "confirmationId"); !id.empty())
                heard.read_back[id] = stored.seq;
        } else if (type == "transcript.final") {
            heard.of_people[utterance].text = text_of(*payload, "text");
        } else if (type == "safety.confirmation.resolved" &&
                   text_of(*payload, "decision") == "approve") {
            const std::string id = text_of(*payload, "confirmationId");
            const std::string wrong =
                text_of(*payload, "via") == "voice"
                    ? wrong_with(*payload, heard, heard.of_people[utterance].began)
                : by_hand_[id].contains(text_of(*payload, "argsHash"))
                    ? ""
                    : "approved by nobody's word about these arguments";
            if (!wrong.empty()) model_.violation(call + " " + id + ": " + wrong);
        } else if (type == "safety.grant.created") {
            heard.granted[text_of(*payload, "grantId")] = when;
        } else if (type == "safety.grant.revoked") {
            heard.revoked[text_of(*payload, "grantId")] = stored.seq;
        } else if (type == "safety.evaluated") {
            evaluated(*payload, heard);
        } else if (type == "orchestration.action.started") {
            heard.began[stored.seq] = when;
            heard.began_by[stored.seq] = heard.granted_action[text_of(*payload, "actionId")];
        }
    }
    std::map<std::string, std::int64_t> uses;
    for (const Done& note : notes) {
        if (note.approved_by_person) continue;
        const std::string what = call + " " + note.action_id;
        const std::string grant = heard.began_by[note.fence];
        const auto meant = meant_.find(grant);
        if (meant == meant_.end()) {
            model_.violation(what + ": done without a yes and without a grant");
            continue;
        }
        const auto args = contract::Json::parse(note.args_json);
        if (meant->second.to && (!args || args->text("to") != *meant->second.to))
            model_.violation(what + ": a grant for other arguments was used");
        if (heard.began[note.fence] >= heard.granted[grant] + grant_lives)
            model_.violation(what + ": a grant was used after its time");
        if (const auto over = heard.revoked.find(grant);
            over != heard.revoked.end() && over->second < note.fence)
            model_.violation(what + ": a grant was used that had been taken back");
        if (++uses[grant] > meant->second.uses_max)
            model_.violation(what + ": a grant was used too often");
    }
}

}  // namespace lifeline::simulation
