#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::transcript {

// How far an utterance has come. Settled (final, truncated, failed) is for good: what a late
// partial says of it is not looked at any more.
enum class Progress { started, partial, final, truncated, failed };

std::string_view to_text(Progress progress);

// A part that was destroyed: code points [from, to) of the text, and what it was.
struct Redaction {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::string kind;

    friend bool operator==(const Redaction&, const Redaction&) = default;
};

// One thing that somebody said or wrote, as all its events together have it.
struct Utterance {
    std::string id;
    std::string participant_id;
    std::string speaker;  // user, agent, ...; as the schema has it.
    Progress progress = Progress::started;
    std::string text;            // What was heard; of a failed one, what was understood of it.
    std::string generated_text;  // Of a truncated one: all that was to be said, where it is known.
    std::int64_t start_ms = 0;   // Since the call connected.
    std::int64_t end_ms = 0;
    std::uint64_t seq = 0;       // Of its first event: its place among the others.
    std::uint64_t last_seq = 0;  // Of the last event that changed it.
    std::string language;        // BCP 47; empty where nobody said.
    std::string source;          // stt, llm, typed; empty until it is final.
    std::string words_json;      // [{w,s,e,c}] as it came; empty once the text is another.
    std::string failure;         // Of a failed one: its code.
    bool late = false;           // Its final text came after the end of the call.
    bool corrected = false;
    std::vector<Redaction> redactions;

    bool settled() const { return progress >= Progress::final; }
    bool has_final_text() const {
        return progress == Progress::final || progress == Progress::truncated;
    }
    friend bool operator==(const Utterance&, const Utterance&) = default;
};

}  // namespace lifeline::transcript
