#pragma once

#include <deque>
#include <functional>

#include "base/loop.h"
#include "base/random.h"
#include "identity/directory.h"
#include "identity/directory_changes.h"
#include "identity/fetcher.h"
#include "identity/revocation.h"

namespace lifeline::identity {

// Changes to accounts, users and keys while the server runs. One after the other: each is decided
// on what the one before it left, so that of two who want the same name one hears that it is taken.
// Whether the asker may is for the caller to find out first.
//
// May be asked from any loop; lives on the directory's, and outlives what it was asked.
class Administration {
public:
    Administration(const Directory& directory, DirectoryLog& log, Random& random, Loop& home)
        : directory_(directory), log_(log), random_(random), home_(home) {}

    // Set before anything is asked. Told on the home loop of all that was taken away, once that is
    // durable and before the asker is answered.
    OnRevoked on_revoked = [](const Revocation&) {};

    // `decide` runs on the home loop; `done` on the caller's, once what it decided is durable and
    // in force. Gives whether anything had to change.
    using Decide = std::move_only_function<Result<DirectoryChanges>(const Deciding&)>;
    void change(Decide decide, Loop& caller, Done<bool> done);

    // Runs `look` on the home loop, `done` on the caller's.
    template <class T>
    void look(std::move_only_function<Result<T>(const Directory&)> look, Loop& caller,
              Done<T> done) {
        home_.post([this, look = std::move(look), &caller, done = std::move(done)]() mutable {
            caller.post([seen = look(directory_), done = std::move(done)]() mutable {
                done(std::move(seen));
            });
        });
    }

private:
    struct Waiting {
        Decide decide;
        Loop& caller;
        Done<bool> done;
    };
    void next();
    void finish(Result<bool> outcome);

    const Directory& directory_;
    DirectoryLog& log_;
    Random& random_;
    Loop& home_;
    std::deque<Waiting> waiting_;  // The first is being decided or written.
};

}  // namespace lifeline::identity
