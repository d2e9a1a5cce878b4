#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/eraser.h"
#include "app/stream_eraser.h"
#include "retention/keeping.h"
#include "roster/roster.h"

namespace lifeline::app {

// What the accounts' retention asks for, once an hour: calls that are over lose texts that were
// replaced, and when their days have passed all their contents. A call at a time with a pause
// between, behind whatever else there is to do. Lives on the first loop.
class Expiry {
public:
    struct Parts {
        StreamEraser& streams;
        InstanceLog& log;
        roster::Roster& roster;
        std::function<void(journal::Settle, journal::Done<void>)> settle;
        Millis every = std::chrono::hours(1);
        Millis pause = std::chrono::milliseconds(20);
    };
    Expiry(Parts parts, retention::KeepingPolicy policy)
        : parts_(std::move(parts)), policy_(std::move(policy)) {}
    ~Expiry() { *alive_ = false; }
    Expiry(const Expiry&) = delete;
    Expiry& operator=(const Expiry&) = delete;

    // Now, and then every hour.
    void start();
    // One round; how many events have gone in it.
    void run(journal::Done<std::uint64_t> done);

private:
    struct Round {
        std::vector<roster::RosterRow> rows = {};
        std::uint64_t before = UINT64_MAX;  // Where the roster is read on.
        std::uint64_t events = 0;
        journal::Done<std::uint64_t> done;
    };
    void next_page(std::shared_ptr<Round> round);
    void next_call(std::shared_ptr<Round> round);
    void expire(std::shared_ptr<Round> round, const roster::RosterRow& row);
    void finish(const std::shared_ptr<Round>& round);

    Parts parts_;
    retention::KeepingPolicy policy_;
    // When a call has to be looked at again; what is not here was not looked at since the start.
    std::unordered_map<std::uint64_t, WallTime> due_;
    bool busy_ = false;
    bool settled_ = false;  // The views have nothing of what went.
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

// What one call's account asks of it now; nothing where it is to stay as it is.
retention::Plan expiring(const retention::CallContents& call, const retention::Keeping& keeping,
                         WallTime now);

}  // namespace lifeline::app
