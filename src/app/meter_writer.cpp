#include "app/meter_writer.h"

#include <fmt/format.h>

#include <utility>

#include "base/log.h"

namespace lifeline::app {

namespace {

constexpr std::size_t records_at_once = 256;
constexpr std::size_t shown_at_once = 20'000;
constexpr Millis settled_pause = std::chrono::milliseconds(100);
constexpr int settled_tries = 600;
const contract::Actor the_server{"server", "lifeline"};

// Whether the same would be refused again, whenever this process tries it. A call that cannot be
// read may be whole after a restart, from a backup.
bool is_final(Code code) {
    return code == Code::malformed || code == Code::too_large || code == Code::not_found ||
           code == Code::conflict || code == Code::gone || code == Code::not_allowed ||
           code == Code::corrupt;
}

}  // namespace

void MeterWriter::start() {
    parts_.metering.on_change([this, alive = alive_] {
        if (*alive) rounds_.look();
    });
    rounds_.look();
}

void MeterWriter::write_due() {
    parts_.metering.due(records_at_once, parts_.home,
                        [this, alive = alive_](Result<std::vector<metering::DueRecord>> due) {
                            if (!*alive) return;
                            if (!due || due->empty()) return rounds_.end(due.has_value());
                            sign(*std::move(due));
                        });
}

void MeterWriter::sign(std::vector<metering::DueRecord> due) {
    const Key signing = parts_.signer.signing();
    if (!signing) return rounds_.end(false);
    rounds_.has(due.size(), due.size() == records_at_once);
    parts_.worker.submit(
        [this, alive = alive_, &home = parts_.home, key = signing, due = std::move(due)] {
            std::vector<Signed> records;
            records.reserve(due.size());
            for (const auto& one : due)
                records.push_back({one.session_id, one.id, "ll_use:" + one.id,
                                   metering::sign_record(one.json, key->id, key->signing)});
            home.post([this, alive, key, records = std::move(records)] {
                if (*alive) write(key, records);
            });
        });
}

// A key is held until what it signed is written: it is not retired before.
void MeterWriter::write(const Key& key, const std::vector<Signed>& records) {
    for (const Signed& record : records)
        publish(record, "billing.usage.measured",
                [this, key, id = record.record_id](const Status& done) {
                    if (done) return rounds_.wrote(done);
                    not_written(id, done.error());
                });
}

void MeterWriter::not_written(const std::string& record_id, const Error& error) {
    if (!is_final(error.code)) {
        log::warn("usage record {} is not written yet reason={} {}", record_id, error.reason,
                  error.detail);
        return rounds_.wrote(fail(error));
    }
    log::error(
        "usage record {} cannot be written, and its hour is closed without it: nobody is charged "
        "for it until a start can write it, or a person books it; reconciliation finds it "
        "reason={} {}",
        record_id, error.reason, error.detail);
    // Before anything is asked for again: what is set aside is not told any more.
    parts_.metering.set_aside({record_id}, parts_.home,
                              [this, alive = alive_](const Result<std::uint64_t>& aside) {
                                  if (*alive) rounds_.wrote(aside ? Status() : fail(aside.error()));
                              });
}

void MeterWriter::publish(const Signed& event, std::string_view type, journal::Done<void> done) {
    const auto json =
        contract::event_json(event.event_id, event.session_id,
                             format_rfc3339(parts_.home.clock().wall()), type, event.payload);
    auto checked = checker_.check(json, contract::Sender::server);
    if (!checked) {
        return parts_.home.post([alive = alive_, refused = std::move(checked.error()),
                                 done = std::move(done)]() mutable {
            if (*alive) done(fail(std::move(refused)));
        });
    }
    parts_.sessions.submit(
        event.session_id, {call::Publish{*std::move(checked)}, the_server, contract::Role::server},
        parts_.home,
        [alive = alive_, done = std::move(done)](const Result<session::Receipt>& receipt) mutable {
            if (*alive) done(receipt ? Status() : fail(receipt.error()));
        });
}

void MeterWriter::settled(std::string session_id, journal::Done<void> done) {
    ask_settled(std::move(session_id), 0, std::move(done));
}

void MeterWriter::ask_settled(std::string session_id, int tries, journal::Done<void> done) {
    parts_.metering.due_of(
        session_id, parts_.home,
        [this, alive = alive_, session_id, tries,
         done = std::move(done)](const Result<std::uint64_t>& due) mutable {
            if (!*alive) return;
            if (due && *due == 0) return done({});
            if (!due && due.error().reason != "not_ready") return done(fail(due.error()));
            if (tries >= settled_tries)
                return done(fail(Code::unavailable, "not_ready",
                                 fmt::format("usage of {} is not written yet", session_id)));
            rounds_.look();
            parts_.home.start_timer(
                settled_pause, [this, alive, session_id, tries, done = std::move(done)]() mutable {
                    if (*alive) ask_settled(std::move(session_id), tries + 1, std::move(done));
                });
        });
}

void MeterWriter::show() {
    const metering::Moment now{parts_.home.clock().wall(), parts_.home.clock().steady()};
    parts_.metering.live(
        now, shown_at_once, parts_.home,
        [this, alive = alive_](const Result<std::vector<metering::LiveUsage>>& running) {
            if (*alive && running) show_changed(*running);
        });
}

void MeterWriter::show_changed(const std::vector<metering::LiveUsage>& running) {
    auto before = std::exchange(shown_, {});
    for (const auto& [session_id, duration_ms, ticks] : running) {
        auto& shown = shown_[session_id];
        shown = std::move(before[session_id]);
        int nth = 0;
        for (const auto& [meter, payload] : ticks) {
            std::string& last = shown[meter];
            if (std::exchange(last, payload) == payload) continue;
            publish({session_id, {}, fmt::format("ll_used:{}:{}", duration_ms, nth++), payload},
                    "billing.usage.tick", [this, session_id, meter](const Status& done) {
                        // What nobody saw is told again.
                        const auto call = shown_.find(session_id);
                        if (!done && call != shown_.end()) call->second.erase(meter);
                    });
        }
    }
}

}  // namespace lifeline::app
