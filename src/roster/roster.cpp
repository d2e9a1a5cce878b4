#include "roster/roster.h"

#include <utility>

namespace lifeline::roster {

namespace {

using contract::EventType;
namespace field = contract::field;

// Nearly all events are of no interest here; this tells them without parsing. A payload that only
// looks like it costs one parse.
bool may_concern(std::string_view bytes) {
    return bytes.find("\"type\":\"call.") != std::string_view::npos ||
           bytes.find("\"type\": \"call.") != std::string_view::npos ||
           bytes.find("\"type\":\"orchestration.action.") != std::string_view::npos;
}

}  // namespace

Roster::View::Change Roster::read(const std::vector<journal::JournalEvent>& events) {
    std::vector<RosterChange> changes;
    std::vector<Entry> news;
    for (const auto& [stream, stored] : events) {
        if (stored.erased || !stream.starts_with("sess_") || !may_concern(stored.bytes)) continue;
        const auto event = checker_.read_stored(stored.bytes);
        if (!event) continue;
        RosterChange change;
        change.row.session_id = stream;
        switch (event->type()) {
            case EventType::call_created:
                change.kind = RosterChange::Kind::created;
                change.row.owner_id = event->text(field::call_created::owner_id);
                change.row.account_id = event->text(field::call_created::account_id);
                change.row.channel = event->text(field::call_created::channel);
                change.row.status = "created";
                change.row.created_at = event->ts();
                change.row.position = stored.position;
                break;
            case EventType::call_started:
                change.row.status = "active";
                break;
            case EventType::call_ended:
                change.row.status = "ended";
                break;
            case EventType::call_terminal_failure:
                change.row.status = "failed";
                break;
            case EventType::call_participant_added:
                change.kind = RosterChange::Kind::added;
                change.user_id = event->text(field::call_participant_added::participant_id);
                change.row.role = event->text(field::call_participant_added::role);
                if (!followers_.empty()) news.push_back({change.user_id, change.row});
                break;
            case EventType::call_participant_left:
                change.kind = RosterChange::Kind::removed;
                change.user_id = event->text(field::call_participant_left::participant_id);
                break;
            case EventType::orchestration_action_started:
                change.kind = RosterChange::Kind::began;
                change.action_id = event->find_text("actionId").value_or("");
                break;
            case EventType::orchestration_action_attempt_failed:
            case EventType::orchestration_action_succeeded:
            case EventType::orchestration_action_failed:
            case EventType::orchestration_action_timed_out:
            case EventType::orchestration_action_cancelled:
            case EventType::orchestration_action_outcome_unknown:
                change.kind = RosterChange::Kind::finished;
                change.action_id = event->find_text("actionId").value_or("");
                break;
            default:
                continue;
        }
        changes.push_back(std::move(change));
    }
    return [this, changes = std::move(changes), news = std::move(news)](
               RosterStore& store, std::uint64_t cursor) mutable -> Result<Job> {
        Status status = store.apply(changes, cursor);
        for (Entry& entry : news)
            if (status) status = store.complete(entry.row);
        if (!status) return fail(status.error());
        return Job([this, news = std::move(news)] { tell(news); });
    };
}

void Roster::tell(const std::vector<Entry>& news) {
    for (const Entry& entry : news)
        std::erase_if(followers_, [&](Follower& follower) { return !follower(entry); });
}

void Roster::list(RosterQuery query, Loop& from, Done<std::vector<RosterRow>> done) {
    ask(from, std::move(done),
        [query = std::move(query)](RosterStore& store) { return store.list(query); });
}

void Roster::count_open(Loop& from, Done<std::uint64_t> done) {
    ask(from, std::move(done), [](RosterStore& store) { return store.count_open(); });
}

void Roster::open_calls(Loop& from, Done<std::vector<std::string>> done) {
    ask(from, std::move(done), [](RosterStore& store) { return store.open_calls(); });
}

}  // namespace lifeline::roster
