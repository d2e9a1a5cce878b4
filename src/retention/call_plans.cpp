#include <algorithm>
#include <utility>

#include "contract/json_writer.h"
#include "retention/call_contents.h"

// What of a call goes: all of it, one person's, or what was replaced.
namespace lifeline::retention {

namespace {

using contract::EventType;

constexpr std::size_t kept_participants_max = 256;

}  // namespace

std::uint64_t CallContents::recorded(std::string_view erasure_id) const {
    const auto found = records_.find(erasure_id);
    return found == records_.end() ? 0 : found->second;
}

std::uint64_t CallContents::done_up_to(std::string_view because) const {
    const auto found = done_up_to_.find(because);
    return found == done_up_to_.end() ? 0 : found->second;
}

Plan CallContents::plan(const std::set<std::uint64_t>& gone) const {
    const std::uint64_t erased = erased_ + gone.size();
    Plan plan{.head = head_, .erased = erased - std::min(recorded_, erased)};
    for (const Fact& fact : facts_) {
        if (!gone.contains(fact.seq)) continue;
        (fact.content == Content::frame ? plan.frame : plan.contents).push_back(fact.seq);
    }
    if (frame_erased_ || !plan.frame.empty()) plan.kept_json = kept_json();
    return plan;
}

std::string CallContents::kept_json() const {
    contract::JsonWriter json;
    json.object();
    json.key("ownerId").value(owner_id_);
    json.key("accountId").value(account_id_);
    json.key("createdAt").value(created_at_);
    if (!outcome_.empty()) {
        json.key("endedAt").value(ended_at_);
        json.key("outcome").value(outcome_);
    }
    json.key("channel").value(channel_);
    json.key("participants").array();
    std::size_t written = 0;
    for (const auto& [id, person] : participants_) {
        if (person.removed || written++ >= kept_participants_max) continue;
        json.object().key("userId").value(id);
        json.key("role").value(contract::to_text(person.role)).end();
    }
    json.end();
    json.end();
    return json.take();
}

Plan CallContents::whole() const {
    std::set<std::uint64_t> gone;
    for (const Fact& fact : facts_) {
        const bool bare = fact.content == Content::frame || fact.content == Content::name;
        if (fact.content != Content::none && (!bare || fact.says_more)) gone.insert(fact.seq);
    }
    return plan(gone);
}

Plan CallContents::superseded() const {
    std::set<std::uint64_t> gone;
    for (const Fact& fact : facts_) {
        if (!contract::type_info(fact.type).supersedable) continue;
        const auto later = overtaken_before_.find(overtaken_key(fact.type, fact.about));
        if (later != overtaken_before_.end() && later->second > fact.seq) gone.insert(fact.seq);
    }
    Plan texts = plan(gone);
    texts.extent = Extent::superseded;
    return texts;
}

Plan CallContents::of_person(std::string_view user_id,
                             const std::set<std::string, std::less<>>& documents) const {
    if (owner_id_ == user_id) return whole();
    std::set<std::uint64_t> gone;
    gather_person(user_id, documents, gone);
    Plan theirs = plan(gone);
    theirs.extent = Extent::person;
    theirs.participant_id = user_id;
    return theirs;
}

void CallContents::gather_person(std::string_view user_id,
                                 const std::set<std::string, std::less<>>& documents,
                                 std::set<std::uint64_t>& gone) const {
    const auto is_theirs = [&](const std::string& utterance) {
        const auto speaker = speaker_of_.find(utterance);
        return speaker != speaker_of_.end() && speaker->second == user_id;
    };
    // An action goes as one, or not at all: half of one would seem to be still open.
    std::set<std::string_view> actions;
    std::set<std::string_view> causes;
    for (const Fact& fact : facts_) {
        if (fact.actor != user_id) continue;
        causes.insert(fact.event_id);
        if (fact.asks) actions.insert(fact.about);
    }
    bool something = false;
    for (const Fact& fact : facts_) {
        const bool wrote = fact.actor == user_id;
        bool goes = false;
        switch (fact.content) {
            case Content::speech:
                goes = fact.about.empty() ? wrote : is_theirs(fact.about);
                break;
            case Content::action:
                // What one wrote goes anyway, as long as nothing rests on it.
                goes = actions.contains(fact.about) ||
                       (wrote && (fact.about.empty() ||
                                  fact.type == EventType::safety_confirmation_answered ||
                                  fact.type == EventType::orchestration_action_progress ||
                                  fact.type == EventType::orchestration_action_cancel_requested));
                break;
            case Content::frame:
                goes = fact.says_more &&
                       (fact.about.empty() ? fact.type != EventType::call_created &&
                                                 (wrote || causes.contains(fact.cause))
                                           : fact.about == user_id);
                break;
            case Content::name:
                goes = fact.says_more && fact.about == user_id;
                break;
            case Content::words:
                goes = wrote || documents.contains(fact.about);
                break;
            case Content::derived:
                goes = std::ranges::any_of(fact.evidence, is_theirs);
                break;
            case Content::none:
                break;
        }
        if (!goes) continue;
        something = true;
        gone.insert(fact.seq);
    }
    if (!something) return;
    for (const Fact& fact : facts_)
        if (fact.type == EventType::call_summary_ready ||
            fact.type == EventType::transcript_snapshot_created)
            gone.insert(fact.seq);
}

}  // namespace lifeline::retention
