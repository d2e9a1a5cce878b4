#include "explain/outages.h"

#include "explain/line_text.h"
#include "explain/sentence.h"

namespace lifeline::explain {

using contract::EventType;
namespace field = contract::field;

bool Outages::take(const Recorded& recorded, const Cast& cast) {
    const contract::Event& event = *recorded.event;
    switch (event.type()) {
        case EventType::call_participant_connection_changed: {
            namespace f = field::call_participant_connection_changed;
            const std::string whose(event.text(f::participant_id));
            if (event.flag(f::connected))
                back(whose, recorded, "back after");
            else
                lost(whose, recorded, cast.name(whose) + "'s line was lost", Severity::info);
            return true;
        }
        case EventType::call_reconnecting:
            lost("", recorded, say(recorded, cast), Severity::warning);
            return true;
        case EventType::call_reconnected:
            back("", recorded, "the call goes on after");
            return true;
        case EventType::call_ended:
        case EventType::call_terminal_failure:
            if (const auto open = open_.find(""); open != open_.end())
                entries_[open->second].what += ", and nobody came back";
            return false;
        default:
            return false;
    }
}

void Outages::lost(const std::string& whose, const Recorded& recorded, std::string what,
                   Severity severity) {
    open_.insert_or_assign(whose, entries_.size());
    entries_.push_back({.kind = Kind::outages,
                        .severity = severity,
                        .seq = recorded.seq,
                        .last_seq = recorded.seq,
                        .at = recorded.at,
                        .who = line_text(whose),
                        .what = std::move(what)});
}

void Outages::back(const std::string& whose, const Recorded& recorded, std::string_view what) {
    const auto open = open_.find(whose);
    if (open == open_.end()) return;
    Entry& entry = entries_[open->second];
    entry.last_seq = recorded.seq;
    entry.took = recorded.at - entry.at;
    entry.what += "; " + std::string(what) + " " + duration_text(*entry.took);
    open_.erase(open);
}

void Outages::tell(Story& story) const {
    story.entries.insert(story.entries.end(), entries_.begin(), entries_.end());
}

}  // namespace lifeline::explain
