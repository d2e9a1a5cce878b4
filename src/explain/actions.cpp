#include "explain/actions.h"

#include <fmt/format.h>

#include <algorithm>

#include "contract/json.h"
#include "explain/line_text.h"
#include "explain/sentence.h"

namespace lifeline::explain {

namespace {

using contract::Event;
using contract::EventType;
namespace field = contract::field;

constexpr std::size_t summary_points_max = 120;

// When the server decided it: an event of its own says so itself, and is recorded a little later.
WallTime decided_at(const Recorded& recorded) {
    if (!recorded.event_id.starts_with("ll_")) return recorded.at;
    return parse_rfc3339(recorded.event->ts()).value_or(recorded.at);
}

std::string text(const Event& event, std::string_view name) {
    return std::string(event.find_text(name).value_or(""));
}

}  // namespace

bool Actions::take(const Recorded& recorded, const Cast& cast) {
    const Event& event = *recorded.event;
    const std::string id = action_of(event);
    if (id.empty()) return false;
    Tale& tale = find(id, recorded);
    follow(tale, recorded, cast);
    tale.entry.last_seq = recorded.seq;
    const Severity severity = sentence_of(event.type()).severity;
    tale.entry.severity = std::max(tale.entry.severity, severity);
    if (std::string what = say(recorded, cast); !what.empty())
        tale.entry.steps.push_back({recorded.seq, recorded.at, std::move(what)});
    return true;
}

// What an utterance has to do with a question is told as speech.
std::string Actions::action_of(const Event& event) const {
    if (sentence_of(event.type()).kind == Kind::speech) return {};
    if (event.type() == EventType::safety_evaluated) {
        const auto subject = contract::Json::parse(event.raw(field::safety_evaluated::subject));
        if (!subject || subject->text("kind") != "action") return {};
        return std::string(subject->text("id").value_or(""));
    }
    if (std::string id = text(event, "actionId"); !id.empty()) return id;
    const auto asked = questions_.find(text(event, "confirmationId"));
    return asked == questions_.end() ? "" : asked->second.action_id;
}

Actions::Tale& Actions::find(const std::string& action_id, const Recorded& recorded) {
    const auto [known, fresh] = by_id_.try_emplace(action_id, tales_.size());
    if (!fresh) return tales_[known->second];
    Tale& tale = tales_.emplace_back();
    tale.entry = {.kind = Kind::actions,
                  .seq = recorded.seq,
                  .at = recorded.at,
                  .who = line_text(recorded.actor.id),
                  .about = line_text(action_id)};
    return tale;
}

void Actions::follow(Tale& tale, const Recorded& recorded, const Cast& cast) {
    const Event& event = *recorded.event;
    switch (event.type()) {
        case EventType::orchestration_action_requested: {
            const auto by = contract::Json::parse(
                event.raw(field::orchestration_action_requested::requested_by));
            if (by) tale.turn_id = by->text("turnId").value_or("");
            tale.type = text(event, "actionType");
            tale.summary = text(event, "summary");
            tale.standing = "was asked for";
            return;
        }
        case EventType::orchestration_action_accepted:
            tale.args_hash = text(event, "argsHash");
            if (const auto same = text(event, "duplicateOf"); !same.empty())
                end(tale, recorded, "is the same as " + line_text(same));
            return;
        case EventType::orchestration_action_args_replaced:
            tale.args_hash = text(event, "argsHash");
            tale.allowed = false;
            return;
        case EventType::safety_evaluation_requested:
            tale.standing = "is being judged";
            return;
        case EventType::safety_confirmation_requested:
            return ask(tale, recorded);
        case EventType::safety_confirmation_resolved:
        case EventType::safety_confirmation_expired:
        case EventType::safety_confirmation_cancelled:
        case EventType::safety_confirmation_superseded:
            return answered(tale, recorded);
        case EventType::safety_approved:
            return check_approval(tale, recorded);
        case EventType::orchestration_action_approved:
            tale.allowed = true;
            tale.standing = "may begin";
            if (!tale.args_hash.empty() && text(event, "argsHash") != tale.args_hash)
                found("approval_of_other_arguments", tale, recorded.seq,
                      "what was approved is not what is to be done");
            return;
        case EventType::orchestration_action_started:
            tale.standing = "runs";
            if (!tale.allowed)
                found("started_without_approval", tale, recorded.seq,
                      "it was started, and nothing before says that it may");
            return;
        case EventType::orchestration_action_attempt_failed:
            tale.standing = "will be tried again";
            return;
        case EventType::orchestration_action_outcome_unknown:
            tale.unknown = true;
            tale.standing = "has an outcome that nobody knows";
            return;
        case EventType::orchestration_action_rejected:
        case EventType::safety_blocked:
        case EventType::orchestration_action_succeeded:
        case EventType::orchestration_action_failed:
        case EventType::orchestration_action_timed_out:
        case EventType::orchestration_action_cancelled:
        case EventType::orchestration_action_resolved:
            return end(tale, recorded, say(recorded, cast));
        default:
            return;
    }
}

void Actions::ask(Tale& tale, const Recorded& recorded) {
    const Event& event = *recorded.event;
    questions_.insert_or_assign(
        text(event, "confirmationId"),
        Question{text(event, "actionId"), parse_rfc3339(text(event, "expiresAt"))});
    tale.asked_at = recorded.at;
    tale.allowed = false;
    tale.standing = "waits for a person";
}

void Actions::answered(Tale& tale, const Recorded& recorded) {
    if (recorded.event->type() == EventType::safety_confirmation_expired)
        questions_[text(*recorded.event, "confirmationId")].expired = true;
    if (!tale.asked_at) return;
    tale.entry.waited = tale.entry.waited.value_or(Millis{0}) + (recorded.at - *tale.asked_at);
    tale.asked_at.reset();
}

void Actions::check_approval(Tale& tale, const Recorded& recorded) {
    const auto question = questions_.find(text(*recorded.event, "confirmationId"));
    if (question == questions_.end()) return;  // The policy alone allowed it.
    const auto& [action_id, expires_at, expired] = question->second;
    if (expired || (expires_at && decided_at(recorded) > *expires_at))
        found("approval_after_expiry", tale, recorded.seq,
              "it was approved after its question had expired");
}

void Actions::end(Tale& tale, const Recorded& recorded, std::string standing) {
    if (tale.over) found("ended_twice", tale, recorded.seq, "it has a second end: " + standing);
    tale.over = true;
    tale.standing = std::move(standing);
    tale.entry.took = recorded.at - tale.entry.at;
}

void Actions::found(std::string code, const Tale& tale, std::uint64_t seq, std::string what) {
    if (blind_) what += ", as far as the events say that are left";
    anomalies_.push_back({.code = std::move(code),
                          .severity = blind_ ? Severity::warning : Severity::error,
                          .seq = seq,
                          .about = tale.entry.about,
                          .what = "action " + tale.entry.about + ": " + what});
}

void Actions::tell(Story& story) const {
    for (const Tale& tale : tales_) {
        Entry entry = tale.entry;
        entry.what = fmt::format("action {}", entry.about);
        if (!tale.type.empty()) entry.what += fmt::format(" ({})", line_text(tale.type));
        if (!tale.summary.empty())
            entry.what += fmt::format(" “{}”", line_text(tale.summary, summary_points_max));
        entry.what += tale.over ? ": " : " ";
        entry.what += tale.standing.empty() ? "is known by what came later alone" : tale.standing;
        if (entry.took)
            entry.what += fmt::format(", {} after the request", duration_text(*entry.took));
        story.entries.push_back(std::move(entry));
        if (tale.over) continue;
        if (tale.unknown)
            story.anomalies.push_back(
                {"outcome_unknown", Severity::error, tale.entry.last_seq, tale.entry.about,
                 "action " + tale.entry.about +
                     ": nobody knows what came of it, and nobody has found out"});
        else if (story.over)
            story.anomalies.push_back(
                {"action_without_end", Severity::warning, tale.entry.last_seq, tale.entry.about,
                 "action " + tale.entry.about + ": the call is over, and it has no end"});
    }
    story.anomalies.insert(story.anomalies.end(), anomalies_.begin(), anomalies_.end());
}

std::string_view Actions::turn_of(std::string_view action_id) const {
    const auto known = by_id_.find(action_id);
    return known == by_id_.end() ? std::string_view() : tales_[known->second].turn_id;
}

}  // namespace lifeline::explain
