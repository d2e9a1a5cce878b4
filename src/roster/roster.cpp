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

Roster::Roster(Loop& home, Worker& worker, journal::Journal& journal)
    : home_(home),
      worker_(worker),
      journal_(journal),
      follower_(home, journal,
                [this](std::vector<journal::JournalEvent> events, journal::Follower::Taken taken) {
                    take(std::move(events), std::move(taken));
                }) {}

Roster::~Roster() {
    *alive_ = false;
}

void Roster::start(std::string path, Done<void> ready) {
    // The loop outlives the worker's last job; this object may not.
    worker_.submit([this, &home = home_, alive = alive_, path = std::move(path),
                    source = journal::ViewSource{journal_.epoch(), journal_.head_position()},
                    ready = std::move(ready)]() mutable {
        auto opened = RosterStore::open(path, source);
        Result<std::uint64_t> cursor = std::unexpected(Error{});
        std::shared_ptr<RosterStore> store;
        if (opened) {
            store = std::make_shared<RosterStore>(std::move(*opened));
            cursor = store->cursor();
        } else {
            cursor = fail(opened.error());
        }
        home.post([this, alive, store = std::move(store), cursor = std::move(cursor),
                   ready = std::move(ready)]() mutable {
            if (!*alive) return;
            if (!cursor) return ready(fail(cursor.error()));
            store_ = std::move(store);
            follower_.start(*cursor, std::move(ready));
        });
    });
}

void Roster::poke() {
    home_.post([this, alive = alive_] {
        if (*alive) follower_.poke();
    });
}

void Roster::take(std::vector<journal::JournalEvent> events, journal::Follower::Taken taken) {
    std::vector<RosterChange> changes;
    std::vector<Entry> news;
    const std::uint64_t last = events.back().event.position;
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
    worker_.submit([this, &home = home_, alive = alive_, store = store_,
                    changes = std::move(changes), last, news = std::move(news),
                    taken = std::move(taken)]() mutable {
        Status status = store->apply(changes, last);
        for (Entry& entry : news)
            if (status) status = store->complete(entry.row);
        home.post(
            [this, alive, news = std::move(news), status, taken = std::move(taken)]() mutable {
                if (!*alive) return;
                if (status) tell(news);
                taken(std::move(status));
            });
    });
}

void Roster::tell(const std::vector<Entry>& news) {
    for (const Entry& entry : news)
        std::erase_if(followers_, [&](Follower& follower) { return !follower(entry); });
}

void Roster::list(RosterQuery query, Loop& from, Done<std::vector<RosterRow>> done) {
    home_.post([this, query = std::move(query), &from, done = std::move(done)]() mutable {
        worker_.submit(
            [store = store_, query = std::move(query), &from, done = std::move(done)]() mutable {
                auto rows = store ? store->list(query)
                                  : Result<std::vector<RosterRow>>(fail(
                                        Code::unavailable, "not_ready", "the view is not open"));
                from.post([rows = std::move(rows), done = std::move(done)]() mutable {
                    done(std::move(rows));
                });
            });
    });
}

void Roster::count_open(Loop& from, Done<std::uint64_t> done) {
    home_.post([this, &from, done = std::move(done)]() mutable {
        worker_.submit([store = store_, &from, done = std::move(done)]() mutable {
            auto count = store ? store->count_open()
                               : Result<std::uint64_t>(
                                     fail(Code::unavailable, "not_ready", "the view is not open"));
            from.post([count = std::move(count), done = std::move(done)]() mutable {
                done(std::move(count));
            });
        });
    });
}

void Roster::open_calls(Loop& from, Done<std::vector<std::string>> done) {
    worker_.submit([store = store_, &from, done = std::move(done)]() mutable {
        auto ids = store->open_calls();
        from.post(
            [ids = std::move(ids), done = std::move(done)]() mutable { done(std::move(ids)); });
    });
}

}  // namespace lifeline::roster
