#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/loop.h"
#include "base/result.h"
#include "contract/actor.h"

// The append-only record of what happened in every stream, and its only truth: state, transcripts,
// usage and charges are folds of it. Whatever leaves the server is read from here, so nothing can
// be seen that a crash could still take back.
namespace lifeline::journal {

template <class T>
using Done = std::move_only_function<void(Result<T>)>;

// An event as its writer hands it in. `bytes` is the envelope's JSON, exactly what is sent later.
struct Draft {
    std::string event_id;
    contract::Actor actor;
    std::string cause;  // The eventId that led to it; may be empty.
    std::string bytes;
};

// An event as it stands. `seq` counts from 1 without a gap in its stream, `position` from 1 without
// a gap in the journal.
struct StoredEvent {
    std::uint64_t seq = 0;
    std::string event_id;
    contract::Actor actor;
    std::string cause;
    WallTime recorded_at;  // The server's word; never goes back from one event to the next.
    // The same moment by the clock that never jumps: for measuring, within one run of the server.
    SteadyTime steady = {};
    std::string bytes;  // Empty when erased.
    bool erased = false;
    std::uint64_t position = 0;

    friend bool operator==(const StoredEvent&, const StoredEvent&) = default;
};

struct JournalEvent {
    std::string stream;
    StoredEvent event;
};

struct Appended {
    std::uint64_t first_seq = 0;
    std::uint64_t head = 0;  // seq of the batch's last event.
    std::uint64_t first_position = 0;
    WallTime recorded_at;
    SteadyTime steady = {};
};

// How much one read may give. At least one event is given when there is one, however large it is.
struct ReadLimit {
    std::size_t events = 256;
    std::size_t bytes = 256 * 1024;
};

struct StreamHead {
    std::string stream;
    std::uint64_t head = 0;
    std::uint64_t position = 0;  // Of its last event.
    WallTime recorded_at;        // Of its last event.
};

namespace limits {
inline constexpr std::size_t append_events_max = 256;  // One batch is never larger than a group.
inline constexpr std::size_t append_bytes_max = 1024 * 1024;
inline constexpr std::size_t name_bytes_max = 255;  // A stream, eventId, actor id or cause.
}  // namespace limits

// Told of a stream's new events.
class Tail {
public:
    virtual ~Tail() = default;
    // On the stream's loop, after the events are durable and before append's `done`.
    virtual void appended(std::span<const StoredEvent> events) = 0;
};

// One open stream. Whoever holds it is the stream's only writer; it lives on the loop it was opened
// for and is used only there. No callback comes from inside a call, and none comes after the Stream
// is destroyed; what was being appended then may still become durable.
class Stream {
public:
    virtual ~Stream() = default;

    // The last durable seq; 0 for a stream without events.
    virtual std::uint64_t head() const = 0;

    // From memory: nullopt when no durable event has this id, for certain; otherwise where it very
    // probably stands. `fetch` is certain both ways.
    virtual std::optional<std::uint64_t> find(std::string_view event_id) const = 0;
    virtual void fetch(std::string event_id, Done<std::optional<StoredEvent>> done) = 0;

    // Appends all of `batch` or nothing; `done` comes when it is durable. `expected_head` is the
    // head the batch was decided on, counting batches still on their way; a writer that is wrong
    // about it gets stale_head. Nothing else is refused here but what breaks a limit (too_large,
    // malformed): that an eventId is new is for the writer to find out first.
    //
    // storage_unavailable: nothing was written; a later append may succeed (the disk was full) or
    // the journal has stopped. commit_failed: it has stopped over this very batch, whose fate is
    // known only when the journal is opened again.
    virtual void append(std::uint64_t expected_head, std::vector<Draft> batch,
                        Done<Appended> done) = 0;

    // The events from after + 1 on, without a gap; empty only when `after` is the head. Anything
    // that stands in the way is an error (corrupt, cursor_ahead), never a shorter answer.
    virtual void read(std::uint64_t after, ReadLimit limit,
                      Done<std::vector<StoredEvent>> done) = 0;

    // At most one; null for none. It outlives the stream or is taken back first.
    virtual void set_tail(Tail* tail) = 0;
};

class Journal {
public:
    virtual ~Journal() = default;

    // To write and read a stream, which comes into being with its first event. To open a stream
    // that is already open is a broken invariant and aborts.
    virtual void open(std::string stream, Loop& home, Done<std::unique_ptr<Stream>> done) = 0;

    // To read a stream that somebody else may have open; not_found when it has no event.
    virtual void read(std::string stream, std::uint64_t after, ReadLimit limit, Loop& home,
                      Done<std::vector<StoredEvent>> done) = 0;

    // Everything durable after a position, in the journal's order: what projections live on.
    virtual void read_all(std::uint64_t after_position, ReadLimit limit, Loop& home,
                          Done<std::vector<JournalEvent>> done) = 0;

    // Streams whose name begins with `prefix` and comes after `after`, by name, at most `limit`.
    virtual void list_streams(std::string prefix, std::string after, std::size_t limit, Loop& home,
                              Done<std::vector<StreamHead>> done) = 0;

    // Changes only when history may have: by a restore or an accepted loss. From any thread.
    virtual std::string epoch() const = 0;
    // The last durable position. From any thread.
    virtual std::uint64_t head_position() const = 0;
};

}  // namespace lifeline::journal
