#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "base/result.h"
#include "contract/limits.h"

namespace lifeline::gateway {

// What one client may ask of one server. Configuration may change these; the defaults are here,
// with their reasons.
struct Limits {
    // Longest text frame: an event of 64 KiB and what a publish frame puts around it.
    std::uint32_t frame_bytes_max = contract::limits::frame_bytes_max;
    // Publishes of one connection that wait for the disk; then its socket is not read any more.
    int in_flight_max = contract::limits::in_flight_per_connection_max;
    // Events a second that one user may publish, and how many at once, through all their sockets
    // and over REST. A talking person with partials every 50 ms is at 20. Agents and services talk
    // in many calls: theirs counts for each call.
    std::uint32_t events_per_second = contract::limits::events_per_second_max;
    std::uint32_t events_burst = contract::limits::events_burst_max;
    // Frames a second that one connection may send, and how many at once, in events: an event and
    // its ack, and as much again of refused ones before the client is sent away.
    std::uint32_t frames_per_event = 2;
    // Bytes a second that one connection may send, and how many at once: the burst is as many
    // events as there may be, all of the largest size.
    std::uint32_t bytes_per_second = 1024 * 1024;
    std::uint32_t bytes_burst = 32 * 1024 * 1024;
    // Sockets of one user, and of one account, in all calls.
    std::size_t connections_per_user_max = 64;
    std::size_t connections_per_account_max = 20'000;
    // Sockets that one user may open a second, and how many at once; counted as events are. Coming
    // and going is written down, so it must not be free.
    std::uint32_t connects_per_second = 1;
    std::uint32_t connects_burst = 60;
    // Users of whom is remembered how much they sent of late.
    std::size_t users_remembered_max = 100'000;
    // Participants of whom one loop remembers how far they have read.
    std::size_t acks_remembered_max = 100'000;
    // Sockets of one participant in one call: some tabs, a phone, and ghosts of lost networks.
    std::size_t lines_per_participant_max = 16;
    std::size_t connections_per_call_max = 10'000;
    // What the system keeps of what was sent to one connection and not taken by it: the rest of a
    // connection's 256 KiB is delivery's chunk and control frames. At a round trip of 100 ms it is
    // more than a megabyte a second, a hundred times of what a call has.
    std::size_t send_buffer_bytes = 192 * 1024;
    // Control frames (hello, error, pong ...) that wait to be sent; a client that reads none of
    // them is gone.
    std::size_t control_bytes_max = 64 * 1024;
    // The server pings this often; a peer from which nothing came for two and a half of these is
    // dead. Below the idle timeouts of common proxies (60 s).
    std::chrono::milliseconds heartbeat{contract::limits::heartbeat_ms};
    // How long before its access token expires a client is told so.
    std::chrono::milliseconds expiry_warning{60'000};
    // A resume token lives twice the call's window, and twice this at least.
    std::chrono::milliseconds resume_token_least{600'000};
    // How long a half-received message may take, from its first byte.
    std::chrono::milliseconds frame_deadline{30'000};
    // How long a connection may be behind; then it is closed, and may come back with its cursor.
    std::chrono::milliseconds lag_max{300'000};
    // What all connections of one loop that are behind may hold together, in bytes. While others
    // wait for a part of it, who has been behind longest, and so long at least, is closed.
    std::size_t catch_up_bytes_max = 32 * 1024 * 1024;
    std::chrono::milliseconds lag_spared{10'000};
    // A call in which nothing happened for this long is quiet: when the server drains, it goes
    // first.
    std::chrono::milliseconds quiet_after{10'000};
    // A socket that takes no byte for this long while there is something to send.
    std::chrono::milliseconds write_deadline{30'000};
};

// A limit that says no, and what it knows of when it will say yes.
inline Error rate_limited(std::string detail, std::chrono::milliseconds retry_after) {
    return {.code = Code::overloaded,
            .reason = "rate_limited",
            .detail = std::move(detail),
            .retry_after = retry_after};
}

// For who has as many connections as there may be: one may go at any time, and one that nobody is
// behind any more goes with its heartbeat.
inline constexpr std::chrono::milliseconds full_retry_after{10'000};

// Server data obeyed by the SDK: full jitter, floor + rand(0, min(cap, base * 2^n)).
struct RetryPolicy {
    std::chrono::milliseconds base{500};
    std::chrono::milliseconds cap{15'000};
    std::chrono::milliseconds floor{100};
};

}  // namespace lifeline::gateway
