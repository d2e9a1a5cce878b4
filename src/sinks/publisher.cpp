#include "sinks/publisher.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/log.h"

namespace lifeline::sinks {

namespace {

// The wall clock may be set meanwhile: it is looked at this often.
constexpr Millis look_most = std::chrono::minutes(5);

}  // namespace

Publisher::Publisher(Loop& loop, Random& random, const Adapter& adapter, Courier& courier,
                     Ledger& ledger, std::string sink, LaneOptions options)
    : loop_(loop),
      adapter_(adapter),
      courier_(courier),
      ledger_(ledger),
      sink_(std::move(sink)),
      lane_(adapter, options, random) {}

Publisher::~Publisher() {
    loop_.cancel_timer(timer_);
}

void Publisher::add(Charge charge, Delivery delivery) {
    lane_.add(std::move(charge), std::move(delivery));
    poke();
}

Status Publisher::redrive(const std::string& id) {
    auto done = lane_.redrive(id, now());
    poke();
    return done;
}

Status Publisher::discard(const std::string& id) {
    return lane_.discard(id);
}

void Publisher::resume() {
    lane_.resume();
    poke();
}

void Publisher::poke() {
    if (std::exchange(poked_, true)) return;
    loop_.post([this, alive = std::weak_ptr(alive_)] {
        if (alive.expired()) return;
        poked_ = false;
        step();
    });
}

void Publisher::step() {
    loop_.cancel_timer(timer_);
    timer_ = 0;
    for (Lane::Work& work : lane_.take(now()))
        work.kind == Lane::Work::Kind::send ? send(std::move(work)) : ask(std::move(work));
    record();
    const auto wake = lane_.wake(now());
    if (!wake) return;
    const Millis pause = std::clamp(*wake - now(), Millis(1), look_most);
    timer_ = loop_.start_timer(pause, [this] { poke(); });
}

void Publisher::send(Lane::Work work) {
    std::vector<Item> items;
    for (const std::string& id : work.ids) {
        const auto& [charge, delivery] = *lane_.find(id);
        items.push_back({.charge = &charge, .answered = delivery.answered});
    }
    // The lane keeps what is under way where it is, so the items may point there.
    Request request = adapter_.request(items, now());
    courier_.carry(std::move(request),
                   [this, work = std::move(work), items = std::move(items),
                    alive = std::weak_ptr(alive_)](const Result<net::Response>& answer) {
                       if (alive.expired()) return;
                       lane_.answered(work, adapter_.replies(items, answer), now());
                       poke();
                   });
}

void Publisher::ask(Lane::Work work) {
    const Charge& charge = lane_.find(work.ids.front())->charge;
    auto question = adapter_.question(charge);
    if (!question)
        return asked(work, {.what = Found::What::unclear,
                            .message = "the configuration does not name what to ask it by"});
    courier_.carry(std::move(*question),
                   [this, work = std::move(work), &charge,
                    alive = std::weak_ptr(alive_)](const Result<net::Response>& answer) {
                       if (alive.expired()) return;
                       asked(work, adapter_.found(charge, answer));
                   });
}

void Publisher::asked(const Lane::Work& work, const Found& found) {
    if (found.what != Found::What::sum) {
        lane_.told(work, found, 0, now());
        return poke();
    }
    ledger_.counted(lane_.find(work.ids.front())->charge,
                    [this, work, found, alive = std::weak_ptr(alive_)](Result<std::int64_t> known) {
                        if (alive.expired()) return;
                        const Found unread{.what = Found::What::failed,
                                           .message = "what was delivered could not be read"};
                        lane_.told(work, known ? found : unread, known.value_or(0), now());
                        poke();
                    });
}

void Publisher::record() {
    for (const std::string& id : lane_.take_ended()) {
        const auto& [charge, delivery] = *lane_.find(id);
        auto done = [this, id, alive = std::weak_ptr(alive_)](const Status& status) {
            if (!alive.expired()) written(id, status);
        };
        if (delivery.stage != Delivery::Stage::parked) {
            ledger_.completed(charge, delivery, std::move(done));
            continue;
        }
        log::warn("charge parked sink={} charge={} account={} because={} attempts={} {}", sink_, id,
                  charge.account, to_text(delivery.because), delivery.sends, delivery.message);
        ledger_.parked(charge, delivery, std::move(done));
    }
}

// Nothing is dropped: what cannot be written stops the sink, and is written before it goes on.
void Publisher::written(const std::string& id, const Status& status) {
    if (status) {
        lane_.recorded(id);
        return poke();
    }
    if (lane_.stopped().empty())
        log::error(
            "sink stopped: what came of a charge was not written sink={} charge={} reason={}",
            sink_, id, status.error().reason);
    lane_.stop("what came of " + id + " could not be written: " + status.error().reason);
}

}  // namespace lifeline::sinks
