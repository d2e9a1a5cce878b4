#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/clock.h"
#include "base/random.h"
#include "sinks/adapter.h"

// What becomes of one charge at one sink. Pure: what it is, what happened and what time it is →
// what it is now and what to do next.
//
//   ready → sending → delivered | duplicate
//     ↑        ↓ transient: waits, longer each time, and is ready again
//     ├────────┤ unknown: the same, and from then on it may be there
//     │        └→ parked (permanent, conflict, exhausted) → redriven, and ready | discarded
//     └── asking ← may be there, and the sink does not know the id any more
//            └→ duplicate | ready | parked (unknown)
//
// What may be there is sent again, with the same id, only as long as the sink certainly knows the
// id again. After that it is asked; where nothing can be asked, a person decides. That is all that
// keeps a charge from being counted twice, so a process that begins assumes of every charge that
// is open that an earlier one has sent it.
namespace lifeline::sinks {

struct RetryOptions {
    unsigned attempts_max = 12;
    Millis first = std::chrono::seconds(5);  // Times three for each attempt, with full jitter.
    Millis most = std::chrono::hours(6);
    Millis retry_after_max = std::chrono::hours(24);
    // Taken off the sink's dedupe window: for what was under way, and for clocks.
    Millis margin = std::chrono::hours(1);
};

enum class Because : std::uint8_t { permanent, conflict, unknown, exhausted };
std::string_view to_text(Because because);

struct Delivery {
    enum class Stage : std::uint8_t {
        ready,
        sending,
        asking,
        delivered,
        duplicate,
        parked,
        discarded,
    };

    Stage stage = Stage::ready;
    WallTime due;           // When ready: not before this.
    unsigned attempts = 0;  // Since it was last redriven.
    unsigned sends = 0;     // In all, as far as this process knows.
    unsigned answered = 0;  // Answers that were no yes: Item::answered.
    unsigned asked = 0;     // Questions without an answer.
    // The earliest sending of which nobody knows whether it was taken. Nothing: it is not there.
    std::optional<WallTime> maybe_since = {};
    WallTime last_sent;
    bool alone = false;  // Not in a batch.
    // A person has looked and said that it is to be sent. A sink that can be asked is asked all the
    // same, and believed where it knows.
    bool vouched = false;
    // Of its last answer; why it is parked.
    Because because = Because::permanent;
    unsigned status = 0;
    std::string message = {};

    bool is_open() const { return stage <= Stage::asking; }
};

// A charge that was recorded in this process's own time: nobody has sent it.
Delivery fresh(WallTime now);
// One that is open in the journal: it may have been sent, at any time since it was recorded, by a
// process that is gone; up to this moment.
Delivery reopened(const Charge& charge, WallTime now);
// The same of a dead letter that was redriven at `since`: for what was before, a person answered.
Delivery reopened_redriven(const Charge& charge, const Capability& sink, WallTime since,
                           WallTime now);
// A dead letter, with what its event says of it.
Delivery parked(const Charge& charge, Because because, unsigned attempts, std::string message);

struct Next {
    enum class Do : std::uint8_t { nothing, wait, send, ask, park };
    Do what = Do::nothing;
    WallTime until = {};       // wait
    Because because = {};      // park
    std::string message = {};  // park
};

// What to do with it now.
Next next(const Delivery& delivery, const Charge& charge, const Capability& sink,
          const RetryOptions& options, WallTime now);

void sending(Delivery& delivery, const Capability& sink, WallTime now);
// `counts`: whether it is one of its attempts; not when the sink as a whole was only tried.
void answered(Delivery& delivery, const Reply& reply, const RetryOptions& options, bool counts,
              WallTime now, Random& random);
void asking(Delivery& delivery);
// What the sink said, with sums already judged (judge_sum).
void told(Delivery& delivery, const Found& found, const RetryOptions& options, WallTime now,
          Random& random);
void park(Delivery& delivery, Because because, std::string message);
void redrive(Delivery& delivery, WallTime now);
void discard(Delivery& delivery);

}  // namespace lifeline::sinks
