#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lifeline::load {

// How a server is spoken to. All three carry the same messages: publish frames of the same events.
enum class Dialect : std::uint8_t {
    lifeline,   // The real protocol: calls by REST, tokens, hello, event frames.
    websocket,  // A plain relay: the path names the group.
    raw,        // Four bytes of length, then the message; the first message names the group.
};

struct Options {
    Dialect dialect = Dialect::lifeline;
    std::string shape;
    std::uint16_t port = 0;
    double seconds = 3;
    double warm_seconds = 1.5;
    std::uint32_t calls = 0;        // 0: what the shape says.
    std::uint32_t subscribers = 0;  // 0: what the shape says.
    std::uint32_t in_flight = 1;
    std::uint32_t events = 1000;  // Of each call, where the shape is a fixed amount.
    double per_second = 5;        // Events of each call, where the shape is a fixed rate.
    std::size_t event_bytes = 300;
    bool durable = false;        // Events that no later one replaces for a reader that is behind.
    std::vector<int> processes;  // Whose CPU and memory is measured.
    std::map<std::string, std::string> tokens;  // user, guest, agent, viewer -> access token.
    bool hold = false;  // Keep the connections open until standard input ends.
};

// Stops the program with a reason where the arguments make no sense.
Options read_options(int argc, char** argv);

}  // namespace lifeline::load
