#include "audit/audit.h"

#include <utility>

namespace lifeline::audit {

namespace {

using contract::EventType;

// Tells most events that decide nothing without parsing them.
bool may_concern(std::string_view bytes) {
    return bytes.find("\"type\":\"safety.") != std::string_view::npos ||
           bytes.find("\"type\":\"call.created\"") != std::string_view::npos;
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
                    ready = std::move(ready)]() mutable {
        auto opened = AuditStore::open(path, source);
        Result<std::uint64_t> cursor = std::unexpected(Error{});
        std::shared_ptr<AuditStore> store;
        if (opened) {
            store = std::make_shared<AuditStore>(std::move(*opened));
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
        if (event->type() == EventType::call_created)
            change.calls.emplace_back(stream,
                                      event->text(contract::field::call_created::account_id));
        auto decision = decision_of(*event);
        if (!decision) continue;
        decision->position = stored.position;
        decision->session_id = stream;
        decision->seq = stored.seq;
        decision->at = format_rfc3339(stored.recorded_at);
        change.decisions.push_back(std::move(*decision));
    }
    worker_.submit([&home = home_, alive = alive_, store = store_, change = std::move(change), last,
                    taken = std::move(taken)]() mutable {
        Status status = store->apply(change, last);
        home.post([alive, status = std::move(status), taken = std::move(taken)]() mutable {
            if (*alive) taken(std::move(status));
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
