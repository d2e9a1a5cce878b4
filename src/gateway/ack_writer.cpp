#include "gateway/ack_writer.h"

#include <utility>

#include "base/log.h"

namespace lifeline::gateway {

namespace {

constexpr Millis write_every = std::chrono::seconds(1);

}  // namespace

AckWriter::~AckWriter() {
    *alive_ = false;
    if (timer_ != 0) loop_.cancel_timer(timer_);
    if (store_ == nullptr) return;
    if (auto left = table_.take_changed(); !left.empty())
        store_->keep(std::move(left), loop_.clock().wall(), loop_, [](const Status&) {});
}

void AckWriter::changed() {
    if (store_ == nullptr || writing_ || timer_ != 0) return;
    timer_ = loop_.start_timer(write_every, [this] { write(); });
}

void AckWriter::write() {
    timer_ = 0;
    auto batch = table_.take_changed();
    if (batch.empty()) return;
    writing_ = true;
    auto copy = batch;
    store_->keep(std::move(copy), loop_.clock().wall(), loop_,
                 [this, alive = alive_, batch = std::move(batch)](const Status& done) {
                     if (*alive) written(done, batch);
                 });
}

void AckWriter::written(const Status& done, const std::vector<softstate::Ack>& batch) {
    writing_ = false;
    if (!done) {
        table_.changed_again(batch);
        if (!std::exchange(failing_, true))
            log::warn("acks are not written, and tried again: reason={} {}", done.error().reason,
                      done.error().detail);
    } else if (std::exchange(failing_, false)) {
        log::info("acks are written again");
    }
    if (table_.has_changed()) changed();
}

}  // namespace lifeline::gateway
