#include "sinks/delivery.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"

namespace lifeline::sinks {

namespace {

using Stage = Delivery::Stage;
using Do = Next::Do;

constexpr std::uint64_t growth = 3;

// Full jitter: anything up to the limit, so that what failed together does not come back together.
Millis backoff(unsigned attempts, const RetryOptions& options, Random& random) {
    Millis limit = options.first;
    for (unsigned i = 1; i < attempts && limit < options.most; ++i) limit *= growth;
    limit = std::min(limit, options.most);
    return Millis(random.below(static_cast<std::uint64_t>(limit.count()) + 1));
}

bool is_forgotten(const Delivery& delivery, const Capability& sink, const RetryOptions& options,
                  WallTime now) {
    return delivery.maybe_since && sink.dedupe_window &&
           now - *delivery.maybe_since >= *sink.dedupe_window - options.margin;
}

std::string too_old(const Charge& charge, Millis oldest) {
    return fmt::format(
        "its hour, {}, is longer ago than the {} days that this sink accepts: book it there by "
        "hand, for instance as an invoice item, then discard it here",
        charge.window, std::chrono::floor<std::chrono::days>(oldest).count());
}

constexpr std::string_view nobody_knows =
    "it was sent, no answer came, and the sink may not know its id any more nor can be asked: look "
    "there whether it has it, then redrive it (it has not) or discard it (it has)";

// A wait until what it is told to wait for.
void again(Delivery& delivery, Millis pause, WallTime now) {
    delivery.stage = Stage::ready;
    delivery.due = now + pause;
}

}  // namespace

std::string_view to_text(Because because) {
    constexpr std::array<std::string_view, 4> words = {"permanent", "conflict", "unknown",
                                                       "exhausted"};
    return words.at(static_cast<std::size_t>(because));
}

Delivery fresh(WallTime now) {
    Delivery delivery;
    delivery.due = now;
    return delivery;
}

Delivery reopened(const Charge& charge, WallTime now) {
    Delivery delivery = fresh(now);
    delivery.maybe_since = charge.recorded;
    delivery.last_sent = now;
    return delivery;
}

Delivery reopened_redriven(const Charge& charge, const Capability& sink, WallTime since,
                           WallTime now) {
    Delivery delivery = reopened(charge, now);
    if (sink.read_back == ReadBack::none) delivery.maybe_since = since;
    return delivery;
}

Delivery parked(const Charge& charge, Because because, unsigned attempts, std::string message) {
    Delivery delivery = reopened(charge, charge.recorded);
    delivery.sends = attempts;
    // Another request than those before, where a sink keeps its answers.
    delivery.answered = attempts;
    park(delivery, because, std::move(message));
    return delivery;
}

Next next(const Delivery& delivery, const Charge& charge, const Capability& sink,
          const RetryOptions& options, WallTime now) {
    if (delivery.stage != Stage::ready) return {};
    if (delivery.due > now) return {.what = Do::wait, .until = delivery.due};
    if (is_forgotten(delivery, sink, options, now)) {
        if (sink.read_back != ReadBack::none) {
            const WallTime seen = delivery.last_sent + sink.settles;
            if (seen > now) return {.what = Do::wait, .until = seen};
            return {.what = Do::ask};
        }
        if (!delivery.vouched)
            return {.what = Do::park,
                    .because = Because::unknown,
                    .message = std::string(nobody_knows)};
    }
    if (sink.oldest && now - charge.time > *sink.oldest)
        return {.what = Do::park,
                .because = Because::permanent,
                .message = too_old(charge, *sink.oldest)};
    if (charge.time - now > sink.newest)
        return {.what = Do::wait, .until = charge.time - sink.newest};
    return {.what = Do::send};
}

void sending(Delivery& delivery, const Capability& sink, WallTime now) {
    CHECK(delivery.stage == Stage::ready);
    // Of what was before, a person has answered for it. Where a sink can be asked it was.
    if (delivery.vouched && sink.read_back == ReadBack::none) delivery.maybe_since.reset();
    delivery.vouched = false;
    delivery.stage = Stage::sending;
    delivery.last_sent = now;
    ++delivery.sends;
}

void answered(Delivery& delivery, const Reply& reply, const RetryOptions& options, bool counts,
              WallTime now, Random& random) {
    CHECK(delivery.stage == Stage::sending);
    using Meaning = Reply::Meaning;
    delivery.status = reply.status;
    delivery.message = reply.message;
    if (reply.alone) delivery.alone = true;
    if (reply.meaning == Meaning::delivered || reply.meaning == Meaning::duplicate) {
        delivery.stage = reply.meaning == Meaning::delivered ? Stage::delivered : Stage::duplicate;
        return;
    }
    if (reply.status != 0) ++delivery.answered;
    if (reply.meaning == Meaning::permanent)
        return park(delivery, Because::permanent, reply.message);
    if (reply.meaning == Meaning::conflict) return park(delivery, Because::conflict, reply.message);
    if (reply.meaning == Meaning::unknown && !delivery.maybe_since)
        delivery.maybe_since = delivery.last_sent;
    if (counts && !reply.alone) ++delivery.attempts;
    if (delivery.attempts >= options.attempts_max) {
        const Because because = delivery.maybe_since ? Because::unknown : Because::exhausted;
        return park(delivery, because,
                    fmt::format("{} attempts; the last: {}", delivery.attempts, reply.message));
    }
    Millis pause = reply.alone ? Millis(0) : backoff(delivery.attempts, options, random);
    if (reply.retry_after)
        pause = std::max(pause, std::min(*reply.retry_after, options.retry_after_max));
    again(delivery, pause, now);
}

void asking(Delivery& delivery) {
    CHECK(delivery.stage == Stage::ready);
    delivery.stage = Stage::asking;
}

void told(Delivery& delivery, const Found& found, const RetryOptions& options, WallTime now,
          Random& random) {
    CHECK(delivery.stage == Stage::asking);
    switch (found.what) {
        case Found::What::present:
            delivery.stage = Stage::duplicate;
            return;
        case Found::What::absent:
            delivery.maybe_since.reset();
            delivery.asked = 0;
            return again(delivery, Millis(0), now);
        case Found::What::sum:
        case Found::What::unclear:
            if (delivery.vouched) {
                delivery.maybe_since.reset();
                return again(delivery, Millis(0), now);
            }
            return park(delivery, Because::unknown,
                        fmt::format("it was sent, no answer came, and what the sink says of it "
                                    "does not tell: {}",
                                    found.message));
        case Found::What::failed:
            break;
    }
    if (++delivery.asked >= options.attempts_max)
        return park(delivery, Because::unknown,
                    fmt::format("the sink was asked {} times whether it has it; the last: {}",
                                delivery.asked, found.message));
    again(delivery, backoff(delivery.asked, options, random), now);
}

void park(Delivery& delivery, Because because, std::string message) {
    delivery.stage = Stage::parked;
    delivery.because = because;
    delivery.message = message.empty() ? "it gave no reason" : std::move(message);
}

void redrive(Delivery& delivery, WallTime now) {
    CHECK(delivery.stage == Stage::parked);
    delivery.attempts = 0;
    delivery.asked = 0;
    delivery.vouched = true;
    again(delivery, Millis(0), now);
}

void discard(Delivery& delivery) {
    CHECK(delivery.stage == Stage::parked);
    delivery.stage = Stage::discarded;
}

}  // namespace lifeline::sinks
