#include "app/meter_writer.h"

#include <fmt/format.h>

#include <utility>

#include "base/log.h"
#include "contract/json_writer.h"

namespace lifeline::app {

namespace {

constexpr std::size_t records_at_once = 256;
constexpr std::size_t shown_at_once = 20'000;
// For what could not be written, because a disk was full.
constexpr Millis look_again_after = std::chrono::seconds(30);
constexpr Millis settled_pause = std::chrono::milliseconds(100);
constexpr int settled_tries = 600;
const contract::Actor the_server{"server", "lifeline"};

}  // namespace

MeterWriter::MeterWriter(Parts parts, journal::SealKey key) : parts_(parts), key_(std::move(key)) {}

MeterWriter::~MeterWriter() {
    *alive_ = false;
    if (timer_ != 0) parts_.home.cancel_timer(timer_);
}

void MeterWriter::start() {
    parts_.metering.on_due([this, alive = alive_] {
        if (*alive) look();
    });
    look();
}

// What is due is asked for again only when all that was known of it is written: in between the view
// has read that.
void MeterWriter::look() {
    if (busy_) {
        again_ = true;
        return;
    }
    busy_ = true;
    again_ = false;
    parts_.metering.due(records_at_once, parts_.home,
                        [this, alive = alive_](Result<std::vector<metering::DueRecord>> due) {
                            if (!*alive) return;
                            if (!due) return written(false);
                            if (due->empty()) return written(true);
                            again_ = again_ || due->size() == records_at_once;
                            sign(*std::move(due));
                        });
}

void MeterWriter::sign(std::vector<metering::DueRecord> due) {
    parts_.worker.submit(
        [this, alive = alive_, &home = parts_.home, key = key_, due = std::move(due)] {
            std::vector<Signed> records;
            records.reserve(due.size());
            for (const auto& one : due)
                records.push_back({one.session_id, "ll_use:" + one.id,
                                   metering::sign_record(one.json, key.id(), key.signing())});
            home.post([this, alive, records = std::move(records)]() mutable {
                if (*alive) write(std::move(records));
            });
        });
}

void MeterWriter::write(std::vector<Signed> records) {
    on_the_way_ = records.size();
    failed_ = false;
    for (const Signed& record : records)
        publish(record, "billing.usage.measured",
                [this, name = record.event_id](const Status& done) {
                    if (!done) {
                        log::warn("usage record {} is not written yet reason={} {}", name,
                                  done.error().reason, done.error().detail);
                        failed_ = true;
                    }
                    if (--on_the_way_ == 0) written(!failed_);
                });
}

void MeterWriter::written(bool all) {
    busy_ = false;
    if (all && again_) return look();
    if (all || timer_ != 0) return;
    timer_ = parts_.home.start_timer(look_again_after, [this, alive = alive_] {
        if (!*alive) return;
        timer_ = 0;
        look();
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
            look();
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
            if (!*alive || !running) return;
            for (const auto& [session_id, duration_ms] : *running) {
                contract::JsonWriter json;
                json.object().key("meterId").value(metering::meter_names::duration);
                json.key("billableSeconds").value(duration_ms / 1000).end();
                publish({session_id, fmt::format("ll_used:{}", duration_ms), json.take()},
                        "billing.usage.tick", [](const Status&) {});
            }
        });
}

}  // namespace lifeline::app
