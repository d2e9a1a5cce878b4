#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/loop.h"
#include "base/window.h"
#include "journal/journal.h"
#include "outbox/delivery.h"

namespace lifeline::api {

// Who brings charges to billing systems. Answered on `from`; what changes anything once it is
// durable.
struct SinkDesk {
    struct Sink {
        std::string name;
        std::string kind;
        std::string state;  // running, resting, stopped
        std::string message;
        outbox::Counts counts;
    };
    std::function<void(Loop& from, journal::Done<std::vector<Sink>>)> list;

    struct Resuming {
        std::string sink;
        std::string by;
        std::string reason;
    };
    std::function<void(Resuming, Loop& from, journal::Done<Sink>)> resume;

    // Dead letters are sent again or given up: those that are named, or all that fit the query.
    struct Moving {
        bool discards = false;
        std::vector<std::string> ids = {};
        outbox::DeadLetterQuery of = {};
        bool dry_run = false;
        std::string by;
        std::string reason;
    };
    std::function<void(Moving, Loop& from, journal::Done<std::vector<std::string>>)> move;

    // What became of a charge: at every sink of the configuration, and those that once were.
    std::function<void(std::string charge_id, Loop& from,
                       journal::Done<std::vector<outbox::Delivery>>)>
        deliveries_of;

    // What a sink says it has of an account's item in an hour. Some say how much, some which.
    struct Asking {
        std::string sink;
        std::string account_id;
        std::string item;
        Window window;
    };
    struct ReadBack {
        std::optional<std::int64_t> quantity = {};  // Nothing: it cannot be asked.
        std::vector<std::string> present = {};      // By their ids, where it was asked for each.
        std::vector<std::string> absent = {};
    };
    // peer_unavailable: it did not answer.
    std::function<void(Asking, Loop& from, journal::Done<ReadBack>)> read_back;
    // Those that read_back can ask something, at least of some items.
    std::function<std::vector<std::string>()> can_be_read;
};

}  // namespace lifeline::api
