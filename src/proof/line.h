#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/line.h"
#include "base/window.h"

// The lines of a statement's proof (docs/journal_format.md): those of an archive, with events of
// more than one stream, and the statement in the place of what follows from a call.
namespace lifeline::proof {

inline constexpr std::string_view format_name = "lifeline-statement-1";

// Whose statement, of which month; the rest as an archive says it.
struct Head {
    std::string account_id;
    Month month{};
    std::vector<Month> closed = {};  // Of the months that it has hours of.
    archive::Head journal;
};

// An event and its stream. They are numbered, so that one that is missing is missed.
struct Record {
    std::uint64_t number = 0;
    std::string stream;
    archive::Record event;
};

// Each without its line end.
std::string render(const Head& head);
std::string render(const Record& record);
std::string statement_line(std::string_view statement_json);

// Nothing for what render does not write.
std::optional<Head> read_head(std::string_view line);
std::optional<Record> read_record(std::string_view line);
// The statement as it stands in its line.
std::optional<std::string> read_statement(std::string_view line);

// Whether a file that begins with this line is a statement's proof, and no call's archive.
bool begins(std::string_view line);
bool is_statement(std::string_view line);

// What the last line's signature covers.
std::string end_message(const Digest& digest);

}  // namespace lifeline::proof
