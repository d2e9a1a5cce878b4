#pragma once

#include <cstdint>
#include <string>

#include "load/engine.h"
#include "load/options.h"
#include "load/shape.h"

namespace lifeline::load {

// Creates the calls of a shape, where the dialect has calls.
void create_calls(const Options& options, const Shape& shape);

// Where a client comes back to; at the beginning of everything when the epoch is empty.
struct Cursor {
    std::uint64_t seq = 0;
    std::string epoch;
    std::string resume_token;
};
std::string upgrade_request(const Options& options, const Seat& seat, const Cursor& cursor = {});

// Connects every seat, in order, and hands the connections to the engine.
void connect_seats(const Options& options, const Shape& shape, Engine& engine);

// A blocking TCP connection to the server.
int dial(const Options& options);
void send_all(int descriptor, std::string_view bytes);
// One HTTP response: its head, and whatever was read behind it.
struct Head {
    std::string text;
    std::string rest;
    int status() const;
    std::size_t content_length() const;
};
Head read_head(int descriptor);

}  // namespace lifeline::load
