#include "app/charge_writer.h"

#include <utility>

namespace lifeline::app {

namespace {

constexpr std::size_t entries_at_once = 256;
// For what could not be written, because a disk was full.
constexpr Millis look_again_after = std::chrono::seconds(30);

}  // namespace

ChargeWriter::~ChargeWriter() {
    *alive_ = false;
    if (timer_ != 0) home_.cancel_timer(timer_);
}

void ChargeWriter::start() {
    billing_.on_due([this, alive = alive_] {
        if (*alive) look();
    });
    look();
}

// What is due is asked for again only when all that was known of it is written: in between the view
// has read that.
void ChargeWriter::look() {
    if (busy_) {
        again_ = true;
        return;
    }
    busy_ = true;
    again_ = false;
    billing_.due(entries_at_once, home_,
                 [this, alive = alive_](Result<std::vector<billing::DueEntry>> due) {
                     if (!*alive) return;
                     if (!due) return written(false);
                     if (due->empty()) return written(true);
                     again_ = again_ || due->size() == entries_at_once;
                     write(*std::move(due));
                 });
}

void ChargeWriter::write(std::vector<billing::DueEntry> due) {
    on_the_way_ = due.size();
    failed_ = false;
    for (billing::DueEntry& one : due)
        writer_.write({.stream = std::move(one.account_id),
                       .name = "book:" + one.id,
                       .type = std::move(one.type),
                       .payload = std::move(one.payload),
                       .done = [this, alive = alive_](const Status& done) {
                           if (!*alive) return;
                           if (!done) failed_ = true;
                           if (--on_the_way_ == 0) written(!failed_);
                       }});
}

void ChargeWriter::written(bool all) {
    busy_ = false;
    if (all && again_) return look();
    if (all || timer_ != 0) return;
    timer_ = home_.start_timer(look_again_after, [this, alive = alive_] {
        if (!*alive) return;
        timer_ = 0;
        look();
    });
}

}  // namespace lifeline::app
