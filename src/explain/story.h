#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

// A call as a story: what happened, why, how long it took, and what is odd about it. Every text in
// it is harmless to a terminal already (line_text.h), whoever wrote it.
namespace lifeline::explain {

// What an entry is about; the words after `--only`.
enum class Kind : std::uint8_t {
    call,
    people,
    speech,
    turns,
    actions,
    outages,
    documents,
    safety,
    other,
};

inline constexpr std::size_t kind_count = 9;

std::string_view to_text(Kind kind);
std::optional<Kind> kind_from(std::string_view text);

enum class Severity : std::uint8_t { info, warning, error };

std::string_view to_text(Severity severity);

// An event that led to another.
struct Reason {
    std::uint64_t seq = 0;
    std::string what;

    friend bool operator==(const Reason&, const Reason&) = default;
};

// One thing that belongs to what an entry tells.
struct Step {
    std::uint64_t seq = 0;
    WallTime at;
    std::string what;
};

struct Entry {
    Kind kind = Kind::other;
    Severity severity = Severity::info;
    std::uint64_t seq = 0;       // Of its first event: its place in the story.
    std::uint64_t last_seq = 0;  // Of its last.
    WallTime at;                 // When its first event was recorded.
    std::string who = {};        // The id of whoever did it.
    std::string about = {};  // The action's, turn's, utterance's or document's id; may be empty.
    std::string what = {};   // In one sentence.
    std::vector<Reason> why = {};     // The nearest first.
    std::optional<Millis> took = {};  // From its first event to its end.
    // Of a turn, from the last final text that it answers to its first own; of an action, for
    // people.
    std::optional<Millis> waited = {};
    std::vector<Step> steps = {};  // Of an action or a turn; everything else is its sentence alone.
};

// What should not be so, or is worth a look.
struct Anomaly {
    std::string code;  // "started_without_approval": for programs.
    Severity severity = Severity::warning;
    std::uint64_t seq = 0;
    std::string about;
    std::string what;
};

// How long people waited for the first word of a turn, in the whole call.
struct Waits {
    std::size_t turns = 0;
    std::optional<Millis> median;
    std::optional<Millis> most;
};

struct Story {
    std::string session_id;
    WallTime from;           // Of its first event; what times into the call count from.
    std::uint64_t head = 0;  // The last event that was told.
    std::uint64_t events = 0;
    bool over = false;
    Waits waits;
    std::vector<Entry> entries;      // In the order of their first events.
    std::vector<Anomaly> anomalies;  // In the order of their events.
};

}  // namespace lifeline::explain
