#include "app/charge_writer.h"

#include <utility>

#include "base/log.h"

namespace lifeline::app {

namespace {

constexpr std::size_t entries_at_once = 256;
constexpr std::size_t stuck_at_once = 100;
constexpr Millis stuck_asked_every = std::chrono::minutes(1);

}  // namespace

void ChargeWriter::start() {
    billing_.on_change([this, alive = alive_] {
        if (*alive) rounds_.look();
    });
    rounds_.look();
}

void ChargeWriter::write_due() {
    billing_.due(entries_at_once, home_,
                 [this, alive = alive_](Result<std::vector<billing::DueEntry>> due) {
                     if (!*alive) return;
                     if (!due) return rounds_.end(false);
                     if (!due->empty()) return write(*std::move(due));
                     tell_stuck();
                     rounds_.end(true);
                 });
}

// It stays open until what is wrong is mended: whoever waits for the statement has to hear of it.
void ChargeWriter::tell_stuck() {
    const SteadyTime now = home_.clock().steady();
    if (asked_ != SteadyTime() && now - asked_ < stuck_asked_every) return;
    asked_ = now;
    using Stuck = std::vector<billing::StuckStatement>;
    billing_.stuck(stuck_at_once, home_, [this, alive = alive_](const Result<Stuck>& stuck) {
        if (!*alive || !stuck) return;
        for (const auto& one : *stuck)
            if (told_.emplace(one.account_id, one.month).second)
                log::error("statement account={} month={} stays open reason={} {}", one.account_id,
                           text_of(one.month), one.error.reason, one.error.detail);
    });
}

void ChargeWriter::write(std::vector<billing::DueEntry> due) {
    rounds_.has(due.size(), due.size() == entries_at_once);
    for (billing::DueEntry& one : due)
        writer_.write({.stream = std::move(one.account_id),
                       .name = "book:" + one.id,
                       .type = std::move(one.type),
                       .payload = std::move(one.payload),
                       .done = [this, alive = alive_](const Status& done) {
                           if (*alive) rounds_.wrote(done);
                       }});
}

}  // namespace lifeline::app
