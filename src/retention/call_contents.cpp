#include "retention/call_contents.h"

#include <algorithm>
#include <utility>

#include "contract/json.h"

namespace lifeline::retention {

namespace {

using contract::Event;
using contract::EventType;
namespace field = contract::field;

std::string text(const Event& event, std::string_view name) {
    return std::string(event.find_text(name).value_or(""));
}

bool has_name(std::string_view identity_json) {
    if (identity_json.empty()) return false;
    const auto identity = contract::Json::parse(identity_json);
    return identity && !identity->text("displayName").value_or("").empty();
}

std::string member(std::string_view json, std::string_view name) {
    const auto parsed = contract::Json::parse(json);
    return parsed ? std::string(parsed->text(name).value_or("")) : std::string();
}

// A call that its application said nothing about is only ids and times.
bool created_with_words(const Event& event) {
    namespace f = field::call_created;
    const auto given = [&](contract::Field name) { return event.has(name); };
    return given(f::metadata) || given(f::config) || given(f::correlation_id);
}

}  // namespace

std::string CallContents::overtaken_key(EventType type, std::string_view value) {
    return std::string(contract::type_info(type).name) + ' ' + std::string(value);
}

void CallContents::take(const Recorded& recorded) {
    head_ = recorded.seq;
    if (!over_) over_at_ = recorded.at;
    if (recorded.event == nullptr) {
        ++erased_;
        return;
    }
    const Event& event = *recorded.event;
    Fact fact{.seq = recorded.seq,
              .content = content_of(event),
              .type = event.type(),
              .actor = recorded.actor.id,
              .cause = std::string(recorded.cause),
              .event_id = std::string(recorded.event_id)};
    take_frame(recorded);
    take_kept(recorded);
    take_overtaking(event);
    switch (fact.content) {
        case Content::speech:
            take_speech(event, fact);
            break;
        case Content::action:
            take_action(event, fact);
            break;
        case Content::frame:
            fact.about = text(event, "participantId");
            fact.says_more =
                event.type() == EventType::call_created ? created_with_words(event)
                : event.type() == EventType::call_ended ? event.find_text("endDetail").has_value()
                : event.type() == EventType::call_terminal_failure ? recorded.actor.kind != "server"
                : event.type() == EventType::call_participant_added
                    ? has_name(event.raw(field::call_participant_added::identity))
                    : has_name(event.raw(field::call_participant_left::identity));
            break;
        case Content::name:
            fact.about = text(event, "participantId");
            fact.says_more = has_name(event.raw(field::call_participant_joined::identity));
            break;
        case Content::derived:
            if (event.type() == EventType::orchestration_intent_detected) {
                const auto ids = contract::Json::parse(
                    event.raw(field::orchestration_intent_detected::evidence_utterance_ids));
                if (ids)
                    for (const auto& id : ids->items())
                        fact.evidence.emplace_back(id.as_text().value_or(""));
            }
            if (event.type() == EventType::safety_content_flagged)
                fact.evidence = {text(event, "utteranceId"),
                                 member(event.raw(field::safety_content_flagged::subject), "id")};
            break;
        case Content::words:
            fact.about = event.type() == EventType::orchestration_deliverable_updated
                             ? text(event, "documentId")
                             : std::string(event.supersede_value());
            break;
        case Content::none:
            break;
    }
    facts_.push_back(std::move(fact));
}

void CallContents::take_frame(const Recorded& recorded) {
    const Event& event = *recorded.event;
    const auto who = [&] {
        const std::string id = text(event, "participantId");
        people_.insert(id);
        return id;
    };
    switch (event.type()) {
        case EventType::call_created:
            owner_id_ = event.text(field::call_created::owner_id);
            account_id_ = event.text(field::call_created::account_id);
            channel_ = event.text(field::call_created::channel);
            created_at_ = event.ts();
            people_.insert(owner_id_);
            return;
        case EventType::call_participant_added: {
            Person& person = participants_[who()];
            person.removed = false;
            person.role = contract::role_from(event.text(field::call_participant_added::role))
                              .value_or(contract::Role::viewer);
            return;
        }
        case EventType::call_participant_joined:
        case EventType::call_participant_connection_changed:
            participants_.try_emplace(who());
            return;
        case EventType::call_participant_left:
            participants_[who()].removed = true;
            return;
        case EventType::call_ended:
        case EventType::call_terminal_failure:
            over_ = true;
            outcome_ = event.type() == EventType::call_ended ? "ended" : "failed";
            ended_at_ = event.ts();
            over_at_ = recorded.at;
            return;
        default:
            return;
    }
}

// What an earlier erasure kept, so that a later one keeps it too.
void CallContents::take_kept(const Recorded& recorded) {
    const Event& event = *recorded.event;
    if (event.type() != EventType::record_erased) return;
    namespace f = field::record_erased;
    recorded_ += static_cast<std::uint64_t>(event.integer(f::events));
    if (event.has(f::erasure_id))
        records_[std::string(event.text(f::erasure_id))] +=
            static_cast<std::uint64_t>(event.integer(f::events));
    done_up_to_[std::string(event.text(f::because))] =
        static_cast<std::uint64_t>(event.integer(f::up_to_seq));
    if (!event.has(f::kept)) return;
    const auto kept = contract::Json::parse(event.raw(f::kept));
    if (!kept) return;
    frame_erased_ = true;
    const auto word = [&](std::string_view name) {
        return std::string(kept->text(name).value_or(""));
    };
    owner_id_ = word("ownerId");
    account_id_ = word("accountId");
    channel_ = word("channel");
    created_at_ = word("createdAt");
    people_.insert(owner_id_);
    if (!word("outcome").empty()) {
        outcome_ = word("outcome");
        ended_at_ = word("endedAt");
        if (!over_) over_at_ = parse_rfc3339(ended_at_).value_or(recorded.at);
        over_ = true;
    }
    if (const auto list = kept->find("participants")) {
        for (auto& [id, person] : participants_) person.removed = true;
        for (const auto& one : list->items()) {
            const std::string id(one.text("userId").value_or(""));
            people_.insert(id);
            participants_[id] = {
                contract::role_from(one.text("role").value_or("")).value_or(contract::Role::viewer),
                false};
        }
    }
}

// Whoever is named as its speaker; else who wrote its first event.
void CallContents::take_speech(const Event& event, Fact& fact) {
    fact.about = text(event, "utteranceId");
    if (fact.about.empty()) return;
    auto& speaker = speaker_of_.try_emplace(fact.about, fact.actor).first->second;
    if (const auto named = event.find_text("participantId"); named && !named->empty())
        speaker = *named;
    people_.insert(speaker);
}

void CallContents::take_action(const Event& event, Fact& fact) {
    fact.about = text(event, "actionId");
    if (fact.about.empty() && event.type() == EventType::safety_evaluated)
        fact.about = member(event.raw(field::safety_evaluated::subject), "id");
    const std::string confirmation = text(event, "confirmationId");
    if (!confirmation.empty()) {
        if (!fact.about.empty()) action_asking_.try_emplace(confirmation, fact.about);
        const auto known = action_asking_.find(confirmation);
        if (fact.about.empty() && known != action_asking_.end()) fact.about = known->second;
    }
    switch (event.type()) {
        case EventType::orchestration_action_requested:
        case EventType::orchestration_action_proposed:
        case EventType::orchestration_action_outcome_reported:
        case EventType::orchestration_action_resolved:
            fact.asks = true;
            return;
        case EventType::safety_confirmation_answered:
            fact.asks = event.has(field::safety_confirmation_answered::args) ||
                        event.has(field::safety_confirmation_answered::reason);
            return;
        case EventType::safety_confirmation_resolved:
            fact.asks = event.has(field::safety_confirmation_resolved::args) ||
                        event.has(field::safety_confirmation_resolved::reason);
            return;
        default:
            return;
    }
}

void CallContents::take_overtaking(const Event& event) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(EventType::custom); ++i) {
        const auto type = static_cast<EventType>(i);
        const auto& info = contract::type_info(type);
        if (!info.supersedable || !std::ranges::count(info.superseded_by(), event.type())) continue;
        if (const auto value = event.find_text(info.supersede_key))
            overtaken_before_[overtaken_key(type, *value)] = head_;
    }
}

}  // namespace lifeline::retention
