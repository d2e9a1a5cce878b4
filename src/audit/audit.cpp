#include "audit/audit.h"

#include <utility>

namespace lifeline::audit {

namespace {

using contract::EventType;

// Tells most events that decide nothing without parsing them.
bool may_concern(std::string_view bytes) {
    return bytes.find("\"type\":\"safety.") != std::string_view::npos ||
           bytes.find("\"type\":\"call.created\"") != std::string_view::npos ||
           bytes.find("\"type\":\"billing.adjustment.created\"") != std::string_view::npos ||
           bytes.find("\"type\":\"billing.finding.changed\"") != std::string_view::npos ||
           bytes.find("\"type\":\"billing.delivery.redriven\"") != std::string_view::npos ||
           bytes.find("\"type\":\"billing.delivery.discarded\"") != std::string_view::npos ||
           bytes.find("\"type\":\"billing.alert.settled\"") != std::string_view::npos ||
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
      view_(home, worker, journal,
            [this](const std::vector<journal::JournalEvent>& events) { return read(events); }) {}

Audit::~Audit() {
    *alive_ = false;
}

// What was accepted before is counted before what comes.
void Audit::start(std::string path, journal::Done<void> ready) {
    view_.open(std::move(path), [this, ready = std::move(ready)](Status opened) mutable {
        if (!opened) return ready(std::move(opened));
        auto counted = [this, alive = alive_, ready = std::move(ready)](
                           Result<std::vector<CountedAction>> accepted) mutable {
            if (!*alive) return;
            if (!accepted) return ready(fail(accepted.error()));
            for (const CountedAction& one : *accepted) (void)counts_.take(one);
            view_.follow([this, ready = std::move(ready)](Status followed) mutable {
                counting_ = followed.has_value();
                ready(std::move(followed));
            });
        };
        view_.ask_as_opened<std::vector<CountedAction>>(
            home_, std::move(counted),
            [since = day_of(home_.clock().wall() - std::chrono::hours(24))](AuditStore& store) {
                return store.accepted_since(since);
            });
    });
}

Audit::View::Change Audit::read(const std::vector<journal::JournalEvent>& events) {
    AuditChange change;
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
    return [this, change = std::move(change)](AuditStore& store,
                                              std::uint64_t cursor) mutable -> Result<Job> {
        if (const Status status = store.apply(change, cursor); !status) return fail(status.error());
        return Job([this, accepted = std::move(change.accepted)] {
            for (const CountedAction& one : accepted)
                if (!one.account_id.empty()) (void)counts_.take(one);
        });
    };
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
    view_.ask(from, std::move(done),
              [query = std::move(query)](AuditStore& store) { return store.list(query); });
}

}  // namespace lifeline::audit
