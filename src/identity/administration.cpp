#include "identity/administration.h"

#include <utility>

#include "contract/reason.h"

namespace lifeline::identity {

namespace {
// Administrators are few; whoever asks for more than this at once is a mistake.
constexpr std::size_t waiting_max = 256;
}  // namespace

void Administration::change(Decide decide, Loop& caller, Done<bool> done) {
    home_.post([this, decide = std::move(decide), &caller, done = std::move(done)]() mutable {
        if (waiting_.size() >= waiting_max) {
            caller.post([done = std::move(done)]() mutable {
                done(
                    contract::refuse(contract::reason::overloaded, "too many changes are waiting"));
            });
            return;
        }
        waiting_.push_back({std::move(decide), caller, std::move(done)});
        if (waiting_.size() == 1) next();
    });
}

void Administration::next() {
    auto changes = waiting_.front().decide({directory_, home_.clock().wall(), random_});
    if (!changes) return finish(fail(changes.error()));
    if (changes->empty()) return finish(false);
    auto taken_away = revocations_of(directory_, *changes);
    log_.append(std::move(*changes), [this, taken_away = std::move(taken_away)](Status written) {
        if (!written) return finish(fail(written.error()));
        for (const Revocation& revocation : taken_away) on_revoked(revocation);
        finish(true);
    });
}

void Administration::finish(Result<bool> outcome) {
    Waiting asked = std::move(waiting_.front());
    waiting_.pop_front();
    asked.caller.post([done = std::move(asked.done), outcome = std::move(outcome)]() mutable {
        done(std::move(outcome));
    });
    // Not from here: a long row of changes that need no append would go ever deeper.
    if (!waiting_.empty()) home_.post([this] { next(); });
}

}  // namespace lifeline::identity
