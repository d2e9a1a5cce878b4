#include "api/line_stream.h"

#include <algorithm>
#include <utility>

namespace lifeline::api {

namespace {

constexpr Millis keep_alive = std::chrono::seconds(15);

}  // namespace

void LineStream::start(std::function<void()> drained, Job closed) {
    closed_ = std::move(closed);
    stream_->on_drained([weak = weak_from_this(), drained = std::move(drained)] {
        if (const auto self = weak.lock(); self && self->stream_) drained();
    });
    stream_->on_closed([weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->over();
    });
    beat();
}

bool LineStream::write(std::string_view lines) {
    return stream_ && stream_->write(lines) == net::ResponseStream::Flow::go_on;
}

void LineStream::end() {
    if (!stream_) return;
    stream_->end();
    over();
}

void LineStream::break_off() {
    over();
}

void LineStream::beat() {
    // The wall clock may jump, so the end is never awaited for longer than a beat.
    const Millis left = expires_at_ - loop_.clock().wall();
    const Millis pause = std::clamp(left, Millis{1}, keep_alive);
    timer_ = loop_.start_timer(pause, [self = shared_from_this()] {
        if (!self->stream_) return;
        if (self->loop_.clock().wall() >= self->expires_at_) return self->end();
        self->stream_->write("\n");
        self->beat();
    });
}

void LineStream::over() {
    if (!stream_) return;
    const auto self = shared_from_this();
    loop_.cancel_timer(timer_);
    const auto last = std::move(stream_);
    const auto place = std::move(place_);
    if (auto closed = std::exchange(closed_, nullptr)) closed();
}

}  // namespace lifeline::api
