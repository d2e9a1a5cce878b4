#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/loop.h"
#include "journal/epoch.h"
#include "journal/journal.h"
#include "journal/stream_index.h"

// What travels between a stream's loop, the writer and the marker.
namespace lifeline::journal {

class SqlStream;

// Shared by an open stream, its requests under way and their answers.
struct Line {
    Line(std::string the_name, Loop& the_home) : name(std::move(the_name)), home(the_home) {}

    const std::string name;
    Loop& home;

    // The loop's. Null once the handle is gone; then nobody wants to hear.
    SqlStream* handle = nullptr;

    // The writer's: what is committed, and how many requests were answered with an error.
    std::uint64_t head = 0;
    std::uint64_t failures = 0;
};

// One append on its way there and back.
struct Request {
    Request() = default;
    Request(Request&&) = default;
    Request& operator=(Request&&) = default;

    std::shared_ptr<Line> line;
    std::uint64_t expected_head = 0;
    std::uint64_t failures_heard = 0;  // By the one who decided the batch.
    std::vector<Draft> batch;
    std::size_t bytes = 0;  // Of the batch.
    Done<Appended> done;

    Result<Appended> outcome;
    std::vector<IndexEntry> entries;  // Of the batch, once committed.

    // Instead of a batch: runs on the marker's worker when all before it is settled.
    Job barrier;
};

// What one commit took from the queue, in order.
struct Group {
    std::vector<Request> requests;
    bool wrote = false;
    HeadMark head = {};  // After it, when it wrote.
};

}  // namespace lifeline::journal
