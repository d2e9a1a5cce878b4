#pragma once

#include <memory>
#include <utility>

#include "base/loop.h"
#include "identity/fetcher.h"

namespace lifeline::identity {

// `done` with an end to the waiting: called once, on `home`, by the outcome or by the timer,
// whichever is first. What we wait for may then never answer, or answer late; nobody notices.
template <class T>
Done<T> with_deadline(Loop& home, Millis after, Error late, Done<T> done) {
    struct Wait {
        Done<T> done;
        Loop::TimerId timer = 0;
    };
    auto wait = std::make_shared<Wait>(std::move(done));
    wait->timer = home.start_timer(after, [wait, late = std::move(late)]() mutable {
        if (auto waiting = std::exchange(wait->done, nullptr)) waiting(fail(std::move(late)));
    });
    return [wait = std::move(wait), &home](Result<T> outcome) {
        auto waiting = std::exchange(wait->done, nullptr);
        if (!waiting) return;
        home.cancel_timer(wait->timer);
        waiting(std::move(outcome));
    };
}

}  // namespace lifeline::identity
