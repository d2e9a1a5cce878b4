#include <fmt/format.h>

#include <cstring>
#include <map>
#include <optional>
#include <set>

#include "agency.h"
#include "call/args_hash.h"
#include "contract/canonical.h"
#include "contract/json.h"

// What is held against every call at the end. Written from the contract's words and not from the
// rules' code: it reads the journal, and what was done out in the world.
namespace lifeline::simulation {

namespace {

struct Story {
    std::string type;
    int acknowledged = 0;
    int over = 0;
    bool called_off = false;  // Its outcome says that nothing was done.
    std::set<std::uint64_t> starts;
    std::map<std::uint64_t, std::string> approved;  // seq -> argsHash, by a person
    std::map<std::string, WallTime> asked;          // confirmationId -> when
};

class Reader {
public:
    Reader(Model& model, std::string call) : model_(model), call_(std::move(call)) {}

    void take(const journal::StoredEvent& stored) {
        const auto event = contract::Json::parse(stored.bytes);
        if (!event) return;
        const std::string type(event->text("type").value_or(""));
        const auto payload = event->find("payload");
        if (!payload) return;
        const auto when = parse_rfc3339(event->text("ts").value_or(""));
        const std::string action(payload->text("actionId").value_or(""));
        if (expected_ack_ &&
            (action != *expected_ack_ ||
             (type != "orchestration.action.accepted" && type != "orchestration.action.rejected")))
            model_.violation(call_ + " " + *expected_ack_ + ": not answered in its batch");
        expected_ack_.reset();
        if (type == "orchestration.action.requested") {
            stories[action].type = payload->text("actionType").value_or("");
            expected_ack_ = action;
        } else if (type == "orchestration.action.accepted" ||
                   type == "orchestration.action.rejected") {
            ++stories[action].acknowledged;
        } else if (type == "safety.confirmation.requested") {
            of_confirmation_[std::string(payload->text("confirmationId").value_or(""))] = action;
            if (when)
                stories[action].asked[std::string(payload->text("confirmationId").value_or(""))] =
                    *when;
        } else if (type == "safety.confirmation.resolved") {
            resolved(*payload, stored.seq, when);
        } else if (type == "orchestration.action.started") {
            stories[action].starts.insert(stored.seq);
        } else if (type == "orchestration.action.attempt.failed") {
            said_of(action, *payload);
        } else if (ends(type)) {
            said_of(action, *payload);
            ended(action, type);
        }
    }

    std::map<std::string, Story> stories;

private:
    static bool ends(const std::string& type) {
        static const std::set<std::string> last{
            "orchestration.action.succeeded", "orchestration.action.failed",
            "orchestration.action.timed_out", "orchestration.action.cancelled",
            "orchestration.action.resolved",  "safety.blocked"};
        return last.contains(type);
    }

    void ended(const std::string& action, const std::string& type) {
        Story& story = stories[action];
        ++story.over;
        story.called_off = type == "orchestration.action.cancelled" ||
                           type == "orchestration.action.timed_out" || type == "safety.blocked";
    }

    // Runners say with which claim they acted; the word of an older one is no outcome.
    void said_of(const std::string& action, const contract::Json& payload) {
        std::string fence;
        const std::string code(payload.text("code").value_or(""));
        if (code.starts_with("broken_")) fence = code.substr(std::strlen("broken_"));
        if (const auto result = payload.find("result"))
            if (const auto number = result->find("fence"))
                fence = std::to_string(number->as_integer().value_or(0));
        const auto& starts = stories[action].starts;
        if (!fence.empty() && (starts.empty() || fence != std::to_string(*starts.rbegin())))
            model_.violation(call_ + " " + action +
                             ": the outcome of an attempt that was given up");
    }

    void resolved(const contract::Json& payload, std::uint64_t seq, std::optional<WallTime> when) {
        const std::string id(payload.text("confirmationId").value_or(""));
        Story& story = stories[of_confirmation_[id]];
        if (payload.text("decision") != "approve") return;
        const auto by = payload.find("by");
        if (!by || by->text("id") == "mallory")
            model_.violation(call_ + " " + id + ": approved by a stranger");
        if (when && *when >= story.asked[id] + answer_within)
            model_.violation(call_ + " " + id + ": approved after its time");
        story.approved[seq] = payload.text("argsHash").value_or("");
    }

    Model& model_;
    std::string call_;
    std::optional<std::string> expected_ack_;
    std::map<std::string, std::string> of_confirmation_;
};

}  // namespace

void Agency::check(const std::string& call, const std::vector<journal::StoredEvent>& events) {
    Reader reader(model_, call);
    for (const auto& event : events) reader.take(event);
    std::map<std::string, int> done;
    std::vector<Gates::Done> notes;
    for (const Effect& effect : effects_[call]) {
        const Story& story = reader.stories[effect.action_id];
        const std::string what = call + " " + effect.action_id;
        if (!story.starts.contains(effect.fence))
            model_.violation(what + ": acted without a claim that stands");
        // What only reads may have been tried again, and then called off.
        if (story.called_off && effect.action_type != "read")
            model_.violation(what + ": done, and said not to have been");
        if (effect.action_type == "post") {
            const auto said = engine_.find(call + effect.action_id);
            if (said == engine_.end() || said->second != call::EngineWord::Outcome::allow)
                model_.violation(what + ": posted without the engine's word");
            if (++done[effect.action_id] > 1) model_.violation(what + ": posted twice");
        }
        if (effect.action_type == "note" || effect.action_type == "daily")
            if (++done[effect.action_id] > 1) model_.violation(what + ": done twice");
        if (effect.action_type == "note") {
            bool approved = false;
            for (const auto& [seq, hash] : story.approved) approved |= seq < effect.fence;
            notes.push_back({effect.action_id, effect.args_json, effect.fence, approved});
        }
        if (effect.action_type != "send") continue;
        if (++done[effect.action_id] > 1) model_.violation(what + ": sent twice");
        const std::string hash = call::args_hash(effect.action_id, effect.action_type,
                                                 contract::canonical_json(effect.args_json));
        std::string approved;
        for (const auto& [seq, approved_hash] : story.approved)
            if (seq < effect.fence) approved = approved_hash;
        if (approved.empty())
            model_.violation(what + ": sent without anybody's approval");
        else if (approved != hash)
            model_.violation(what + ": sent otherwise than approved");
    }
    gates_.check(call, events, notes);
    for (const auto& [id, story] : reader.stories) {
        if (story.acknowledged != 1 && !story.type.empty())
            model_.violation(
                fmt::format("{} {}: acknowledged {} times", call, id, story.acknowledged));
        if (story.over > 1)
            model_.violation(fmt::format("{} {}: {} outcomes", call, id, story.over));
    }
}

}  // namespace lifeline::simulation
