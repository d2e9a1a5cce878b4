#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace lifeline::gateway {

// What happened at one loop's sockets since the start. Plain numbers, written and read on that
// loop.
struct Counters {
    std::uint64_t connections = 0;      // Open now.
    std::uint64_t connected = 0;        // Opened so far, and of those
    std::uint64_t resumed = 0;          // with a cursor,
    std::uint64_t lines_continued = 0;  // or with a resume token.
    std::uint64_t superseded = 0;       // Closed because the newest connection of a line wins.
    std::uint64_t published = 0;        // Events, whatever became of them.
    std::uint64_t refused_frames = 0;
    std::uint64_t received_bytes = 0;
    std::uint64_t replays_due = 0;  // Events that were missed by those who came back.
    std::uint64_t shed = 0;         // Closed for the sake of others: see Lane::shed.
    std::uint64_t refreshed = 0;    // Access tokens, on the open socket.
    // By reason: `error` frames, and why connections were closed by the server.
    std::map<std::string, std::uint64_t, std::less<>> refusals;
    std::map<std::string, std::uint64_t, std::less<>> closes;
};

}  // namespace lifeline::gateway
