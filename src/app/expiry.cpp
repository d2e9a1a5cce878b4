#include "app/expiry.h"

#include <utility>

#include "base/log.h"

namespace lifeline::app {

namespace {

constexpr std::size_t page_calls = 200;

}  // namespace

retention::Plan expiring(const retention::CallContents& call, const retention::Keeping& keeping,
                         WallTime now) {
    if (!call.is_over()) return {};
    if (now >= keeping.expires(call.over_at())) return call.whole();
    if (keeping.drop_superseded_partials) return call.superseded();
    return {};
}

void Expiry::start() {
    run([this, alive = alive_](const Result<std::uint64_t>& events) {
        if (!*alive) return;
        if (!events)
            log::warn("retention could not be applied reason={} {}", events.error().reason,
                      events.error().detail);
        else if (*events > 0)
            log::info("retention erased events={}", *events);
        parts_.streams.home().start_timer(parts_.every, [this, alive] {
            if (*alive) start();
        });
    });
}

void Expiry::run(journal::Done<std::uint64_t> done) {
    if (busy_ || !policy_.asks_for_something()) return done(std::uint64_t{0});
    busy_ = true;
    auto round = std::make_shared<Round>();
    round->done = std::move(done);
    next_page(std::move(round));
}

void Expiry::next_page(std::shared_ptr<Round> round) {
    const roster::RosterQuery query{.user_id = {},
                                    .account_id = {},
                                    .status = {},
                                    .before = round->before,
                                    .limit = page_calls};
    parts_.roster.list(
        query, parts_.streams.home(),
        [this, alive = alive_, round](Result<std::vector<roster::RosterRow>> rows) mutable {
            if (!*alive) return;
            if (!rows) {
                busy_ = false;
                return round->done(fail(rows.error()));
            }
            if (rows->empty()) return finish(round);
            round->before = rows->back().position;
            round->rows = std::move(*rows);
            next_call(std::move(round));
        });
}

// Those that are open, or were seen and are not due, cost nothing.
void Expiry::next_call(std::shared_ptr<Round> round) {
    const WallTime now = parts_.streams.home().clock().wall();
    while (!round->rows.empty()) {
        const roster::RosterRow row = std::move(round->rows.back());
        round->rows.pop_back();
        if (row.status != "ended" && row.status != "failed") continue;
        const auto due = due_.find(row.position);
        if (due != due_.end() && now < due->second) continue;
        return expire(std::move(round), row);
    }
    next_page(std::move(round));
}

void Expiry::expire(std::shared_ptr<Round> round, const roster::RosterRow& row) {
    const retention::Keeping keeping = policy_.of(row.account_id);
    const WallTime now = parts_.streams.home().clock().wall();
    if (!keeping.asks_for_something()) {
        due_[row.position] = WallTime::max();
        return next_call(std::move(round));
    }
    const std::string id = row.session_id;
    const std::uint64_t position = row.position;
    auto decide = [this, id, keeping, now,
                   position](const retention::CallContents& call) -> Result<retention::Plan> {
        due_[position] = call.is_over() ? keeping.expires(call.over_at()) : now;
        if (now >= due_[position] && call.is_over()) due_[position] = WallTime::max();
        retention::Plan plan = expiring(call, keeping, now);
        if (plan.empty()) return plan;
        if (const auto may = parts_.log.ledger().may_erase(id, call.account_id(), call.people());
            !may) {
            due_.erase(position);  // As long as it is held, every round asks again.
            return retention::Plan();
        }
        return plan;
    };
    parts_.streams.erase_call(
        id, std::move(decide), {},
        [this, alive = alive_, round, id, position](const Result<std::uint64_t>& events) mutable {
            if (!*alive) return;
            if (events) {
                round->events += *events;
            } else {
                due_.erase(position);  // What is left of it is the next round's.
                log::warn("session={} retention could not be applied reason={} {}", id,
                          events.error().reason, events.error().detail);
            }
            parts_.streams.home().start_timer(parts_.pause,
                                              [this, alive, round = std::move(round)]() mutable {
                                                  if (*alive) next_call(std::move(round));
                                              });
        });
}

// The first round after a start settles too: the process before may have stopped in between.
void Expiry::finish(const std::shared_ptr<Round>& round) {
    const auto over = [this, round](Result<std::uint64_t> events) {
        busy_ = false;
        round->done(std::move(events));
    };
    if (round->events > 0) settled_ = false;
    if (settled_) return over(std::uint64_t{0});
    parts_.settle(journal::Settle::log, [this, alive = alive_, round, over](const Status& settled) {
        if (!*alive) return;
        if (!settled) return over(fail(settled.error()));
        settled_ = true;
        over(round->events);
    });
}

}  // namespace lifeline::app
