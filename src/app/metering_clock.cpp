#include "app/metering_clock.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "contract/event.h"
#include "contract/json_writer.h"

namespace lifeline::app {

namespace {

constexpr const char* stream_name = "sys_metering";
constexpr Millis minute = std::chrono::minutes(1);
constexpr Millis written_soon = std::chrono::seconds(1);
// A server that was away for long closes that many hours at once.
constexpr int hours_at_once = 200;

}  // namespace

MeteringClock::MeteringClock(Parts parts, Settings settings)
    : parts_(parts), settings_(std::move(settings)) {}

MeteringClock::~MeteringClock() {
    *alive_ = false;
    if (timer_ != 0) parts_.home.cancel_timer(timer_);
}

void MeteringClock::begin(journal::Done<void> done) {
    begun_ = true;
    parts_.journal.read(stream_name, 0, {.events = 1}, parts_.home,
                        [this, alive = alive_, done = std::move(done)](
                            const Result<std::vector<journal::StoredEvent>>& known) mutable {
                            if (!*alive) return;
                            const bool first = !known && known.error().code == Code::not_found;
                            if (!known && !first) return done(fail(known.error()));
                            if (!first) return tick("start", 0, std::move(done));
                            // The first call of all is measured, too.
                            tick("start", 0, [](const Status&) {});
                            activate(true, std::move(done));
                        });
}

void MeteringClock::run(std::function<void()> on_minute) {
    minute_ = std::move(on_minute);
    look();
}

void MeteringClock::stop(journal::Done<void> done) {
    stopped_ = true;
    if (timer_ != 0) parts_.home.cancel_timer(std::exchange(timer_, 0));
    if (!begun_) return done({});
    tick("stop", 0, std::move(done));
}

void MeteringClock::tick(std::string_view because, std::uint64_t running,
                         journal::Done<void> done) {
    ticked_ = parts_.home.clock().steady();
    contract::JsonWriter json;
    json.object().key("because").value(because).key("openCalls").value(running);
    json.key("window").value(text_of(window_of(parts_.home.clock().wall()))).end();
    write("tick:", "system.tick", json.take(), std::move(done));
}

void MeteringClock::write(std::string name, std::string type, std::string payload,
                          journal::Done<void> done) {
    parts_.writer.write({.stream = stream_name,
                         .name = std::move(name),
                         .type = std::move(type),
                         .payload = std::move(payload),
                         .done = std::move(done)});
}

// Again when the minute is over, as soon as the hour is, and once what is due of one that is over
// is written. A timer that fires a moment early waits for that moment, not for another minute.
void MeteringClock::wait() {
    if (stopped_) return;
    const WallTime now = parts_.home.clock().wall();
    const WallTime next_hour = window_of(now) + std::chrono::hours(1);
    const auto left = std::chrono::ceil<Millis>(ticked_ + minute - parts_.home.clock().steady());
    const Millis longest =
        std::exchange(soon_, false) ? written_soon : (left > Millis(0) ? left : minute);
    const Millis pause = std::min(longest, std::max(next_hour - now, Millis(1)));
    timer_ = parts_.home.start_timer(pause, [this, alive = alive_] {
        if (!*alive) return;
        timer_ = 0;
        look();
    });
}

void MeteringClock::look() {
    const std::uint64_t head = parts_.journal.head_position();
    parts_.metering.standing(
        parts_.home, [this, alive = alive_, head](const Result<metering::Standing>& standing) {
            if (!*alive || stopped_) return;
            if (standing) look_at(*standing, head);
            wait();
        });
}

void MeteringClock::look_at(const metering::Standing& standing, std::uint64_t head) {
    if (standing.meters != settings_.meters.sha256())
        activate(!standing.begun, [](const Status&) {});
    const bool new_hour =
        standing.ticked && *standing.ticked < window_of(parts_.home.clock().wall());
    soon_ = new_hour;
    const SteadyTime now = parts_.home.clock().steady();
    if (new_hour || (standing.running > 0 && now - ticked_ >= minute)) {
        tick(new_hour ? "hour" : "minute", standing.running, [this](const Status& ticked) {
            if (ticked && minute_) minute_();
        });
    }
    close_hours(standing, head);
}

// From the coming hour on, so that no hour is measured by two; the very first from now on.
void MeteringClock::activate(bool first, journal::Done<void> done) {
    const Window now = window_of(parts_.home.clock().wall());
    const Window from = first ? now : now + std::chrono::hours(1);
    const std::string& sha256 = settings_.meters.sha256();
    contract::JsonWriter json;
    json.object().key("sha256").value(sha256);
    json.key("effectiveFrom").value(text_of(from));
    json.key("meters").raw(settings_.meters.json()).end();
    log::info("meters sha256={} count={}", sha256, settings_.meters.all().size());
    write(fmt::format("meters:{}:", sha256.substr(0, 16)), "billing.meters.activated", json.take(),
          std::move(done));
}

// Nothing is due of an hour that is closed, and nothing that was recorded of it up to here is late.
void MeteringClock::close_hours(const metering::Standing& standing, std::uint64_t head) {
    if (!standing.begun || !standing.ticked) return;
    Window hour = standing.closed ? *standing.closed + std::chrono::hours(1) : *standing.begun;
    const WallTime now = parts_.home.clock().wall();
    for (int closed = 0; closed < hours_at_once; ++closed, hour += std::chrono::hours(1)) {
        const Window end = hour + std::chrono::hours(1);
        if (now < end + settings_.close_after || *standing.ticked < end) return;
        if (standing.oldest_due && *standing.oldest_due <= hour) {
            soon_ = true;
            return;
        }
        const std::string window = text_of(hour);
        write("window:" + window, "billing.window.closed",
              fmt::format(R"({{"window":"{}","upToPosition":{}}})", window, head),
              [](const Status&) {});
    }
}

}  // namespace lifeline::app
