#pragma once

#include <chrono>
#include <cstddef>

namespace lifeline::session {

// Commands that wait for one call's turn; the next is told overloaded. Two seconds of a flood at
// the per-connection rate limit, times the connections of a large call.
inline constexpr std::size_t mailbox_commands_max = 4096;
// Events of one turn: one group of the journal.
inline constexpr std::size_t turn_events_max = 200;
inline constexpr std::size_t turn_bytes_max = 768 * 1024;
// Views hear of appends at most this often: under load one transaction of theirs takes many.
inline constexpr std::chrono::milliseconds views_told_every{20};
// The longest that a deadline is awaited without looking at the wall clock.
inline constexpr std::chrono::milliseconds deadline_step{60'000};
// How long a call whose append the disk refused takes no commands: clients come back after a
// second.
inline constexpr std::chrono::milliseconds refused_pause{500};
// How long a call without a connection stays in memory after its last command.
inline constexpr std::chrono::seconds idle_actor_kept{30};
// One chunk of a feed, of which one is on its way to each reader.
inline constexpr std::size_t feed_chunk_events_max = 256;
inline constexpr std::size_t feed_chunk_bytes_max = 64 * 1024;
// Calls that could not be told of a document are told again after this.
inline constexpr std::chrono::milliseconds news_again_after{1'000};
// What calls were told, remembered so that they are not told twice.
inline constexpr std::size_t news_remembered_max = 4096;

}  // namespace lifeline::session
