#include "audit/audit.h"

#include <utility>

namespace lifeline::audit {

namespace {

using contract::EventType;

// Tells most events that decide nothing without parsing them.
bool may_concern(std::string_view bytes) {
    return bytes.find("\"type\":\"safety.") != std::string_view::npos ||
           bytes.find("\"type\":\"call.created\"") != std::string_view::npos ||
           bytes.find("\"type\":\"orchestration.action.accepted\"") != std::string_view::npos;
}

// What repeats another counts as little as what was rejected.
void take_accepted(const contract::Event& event, const journal::StoredEvent& stored,
                   const std::string& stream, AuditChange& change) {
    namespace f = contract::field::orchestration_action_accepted;
    if (event.has(f::duplicate_of) || !event.has(f::action_type)) return;
    change.accepted.push_back({.day = day_of(stored.recorded_at),
                               .account_id = {},
                               .owner_id = {},
                               .action_type = std::string(event.text(f::action_type)),
                               .session_id = stream,
                               .action_id = std::string(event.text(f::action_id))});
}

}  // namespace

Audit::Audit(Loop& home, Worker& worker, journal::Journal& journal)
    : home_(home),
      worker_(worker),
      journal_(journal),
      follower_(home, journal,
                [this](std::vector<journal::JournalEvent> events, journal::Follower::Taken taken) {
                    take(std::move(events), std::move(taken));
                }) {}

Audit::~Audit() {
    *alive_ = false;
}

void Audit::start(std::string path, journal::Done<void> ready) {
    // The loop outlives the worker's last job; this object may not.
    worker_.submit([this, &home = home_, alive = alive_, path = std::move(path),
                    source = journal::ViewSource{journal_.epoch(), journal_.head_position()},
                    since = day_of(home_.clock().wall() - std::chrono::hours(24)),
                    ready = std::move(ready)]() mutable {
        auto opened = AuditStore::open(path, source);
        Result<std::uint64_t> cursor = std::unexpected(Error{});
        std::shared_ptr<AuditStore> store;
        Result<std::vector<CountedAction>> accepted;
        if (opened) {
            store = std::make_shared<AuditStore>(std::move(*opened));
            cursor = store->cursor();
            if (cursor) accepted = store->accepted_since(since);
            if (!accepted) cursor = fail(accepted.error());
        } else {
            cursor = fail(opened.error());
        }
        home.post([this, alive, store = std::move(store), cursor = std::move(cursor),
                   accepted = std::move(accepted), ready = std::move(ready)]() mutable {
            if (!*alive) return;
            if (!cursor) return ready(fail(cursor.error()));
            store_ = std::move(store);
            for (const CountedAction& one : *accepted) (void)counts_.take(one);
            follower_.start(*cursor, [this, ready = std::move(ready)](Status followed) mutable {
                counting_ = followed.has_value();
                ready(std::move(followed));
            });
        });
    });
}

void Audit::poke() {
    home_.post([this, alive = alive_] {
        if (*alive) follower_.poke();
    });
}

void Audit::take(std::vector<journal::JournalEvent> events, journal::Follower::Taken taken) {
    AuditChange change;
    const std::uint64_t last = events.back().event.position;
    for (const auto& [stream, stored] : events) {
        if (stored.erased || !may_concern(stored.bytes)) continue;
        const auto event = checker_.read_stored(stored.bytes);
        if (!event) continue;
        if (event->type() == EventType::call_created) {
            namespace f = contract::field::call_created;
            change.calls.push_back({stream, std::string(event->text(f::account_id)),
                                    std::string(event->text(f::owner_id))});
        }
        if (event->type() == EventType::orchestration_action_accepted)
            take_accepted(*event, stored, stream, change);
        auto decision = decision_of(*event);
        if (!decision) continue;
        decision->position = stored.position;
        decision->session_id = stream;
        decision->seq = stored.seq;
        decision->at = format_rfc3339(stored.recorded_at);
        change.decisions.push_back(std::move(*decision));
    }
    worker_.submit([this, &home = home_, alive = alive_, store = store_, change = std::move(change),
                    last, taken = std::move(taken)]() mutable {
        Status status = store->apply(change, last);
        home.post([this, alive, status = std::move(status), accepted = std::move(change.accepted),
                   taken = std::move(taken)]() mutable {
            if (!*alive) return;
            for (const CountedAction& one : accepted)
                if (!one.account_id.empty()) (void)counts_.take(one);
            taken(std::move(status));
        });
    });
}

void Audit::count(CountedAction action, Loop& from, journal::Done<DayCounts::Count> done) {
    home_.post([this, alive = alive_, action = std::move(action), &from,
                done = std::move(done)]() mutable {
        if (!*alive) return;
        const auto count = counting_ ? counts_.take(action) : std::nullopt;
        from.post([count, done = std::move(done)]() mutable {
            if (!count)
                return done(fail(Code::unavailable, "not_ready", "nobody can say how many"));
            done(*count);
        });
    });
}

void Audit::list(DecisionQuery query, Loop& from, journal::Done<std::vector<Decision>> done) {
    home_.post([this, query = std::move(query), &from, done = std::move(done)]() mutable {
        worker_.submit(
            [store = store_, query = std::move(query), &from, done = std::move(done)]() mutable {
                auto rows = store ? store->list(query)
                                  : Result<std::vector<Decision>>(fail(
                                        Code::unavailable, "not_ready", "the view is not open"));
                from.post([rows = std::move(rows), done = std::move(done)]() mutable {
                    done(std::move(rows));
                });
            });
    });
}

}  // namespace lifeline::audit
