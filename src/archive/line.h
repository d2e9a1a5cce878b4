#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"
#include "base/signature.h"
#include "contract/actor.h"
#include "journal/epoch.h"
#include "journal/heads.h"

// The lines of an archive (docs/journal_format.md): one call with the proof that it is what the
// journal has, in JSON that any tool can read. Each kind is written in one way only, so that a line
// which means the same and looks otherwise is as wrong as one that means something else.
namespace lifeline::archive {

inline constexpr std::string_view format_name = "lifeline-archive-1";

// The first line: of which call, until when, and under which key.
struct Head {
    std::string session_id;
    std::string epoch;  // The journal's when it was written.
    std::uint64_t records = 0;
    WallTime exported_at;
    Ed25519PublicKey key{};
    std::vector<journal::Epoch> epochs;  // Those that the rows belong to.
};

// A change of the keys that sign usage records (system.key.changed), as the journal has it: the
// archive's own key vouches for it. All of them stand behind the head.
struct KeyLine {
    std::uint64_t position = 0;
    std::string payload;  // Canonical.
};

// A row of the journal without its contents: what its hash covers.
struct Row {
    std::uint64_t first_position = 0;
    std::uint64_t count = 0;
    journal::RowTime time;
    Digest root{};
    Digest hash{};
    std::optional<Digest> previous;  // Of the first of a segment only.

    std::uint64_t last_position() const { return first_position + count - 1; }
};

// An event of the call, and its way to the root of the row before it.
struct Record {
    std::uint64_t seq = 0;
    std::uint64_t position = 0;
    std::string event_id;
    contract::Actor actor;
    std::string cause;
    bool erased = false;
    std::string salt;   // 16 bytes, when not erased.
    std::string bytes;  // The event as it was sent, when not erased.
    Digest inner{};     // When erased.
    std::vector<Digest> path;
};

// What somebody signed of the row before it: a seal of the journal, or a published head. It ends a
// segment.
struct Anchor {
    enum class Kind : std::uint8_t { seal, head };
    Kind kind = Kind::seal;
    journal::SignedHead signed_head;  // A seal has no time.
};

// The last line.
struct End {
    std::uint64_t lines = 0;  // Before it.
    Digest digest{};          // Of all bytes before it.
    Ed25519Signature signature{};
};

enum class Kind : std::uint8_t { head, key, row, record, anchor, transcript, decision, end };
// By how it begins.
std::optional<Kind> kind_of(std::string_view line);
std::string_view to_text(Kind kind);

// Each without its line end.
std::string render(const Head& head);
std::string render(const KeyLine& key);
std::string render(const Row& row);
std::string render(const Record& record);
std::string render(const Anchor& anchor);
std::string render(const End& end);
std::string transcript_line(std::string_view json);
std::string decision_line(std::string_view json);

// Nothing for what render does not write.
std::optional<Head> read_head(std::string_view line);
std::optional<KeyLine> read_key(std::string_view line);
std::optional<Row> read_row(std::string_view line);
std::optional<Record> read_record(std::string_view line);
std::optional<Anchor> read_anchor(std::string_view line);
std::optional<End> read_end(std::string_view line);

// What the last line's signature covers.
std::string end_message(const Digest& digest);
// A record's leaf in the tree of its row.
Digest leaf_of(Sha256& sha, std::string_view session_id, const Record& record);
std::string anchor_message(const Anchor& anchor);

}  // namespace lifeline::archive
