#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "journal/checksum.h"
#include "journal/epoch.h"
#include "journal/journal.h"
#include "sql/database.h"

// The small rows of index.db. Each carries a checksum of its own, as pages do: SQLite has none, and
// a flipped bit in a name would hide a stream behind another.
namespace lifeline::journal {

struct IndexState {
    KeyedHash::Secret secret{};
    HeadMark cursor;
};

// What index_stream has of one stream.
struct IndexedStream {
    StreamHead head;
    std::uint64_t pages = 0;
};

inline constexpr std::string_view index_schema =
    "create table index_state("
    " id integer primary key check(id = 1), secret blob not null,"
    " position integer not null, hash blob not null, epoch blob not null,"
    " checksum integer not null);"
    "create table index_page("
    " stream text not null, first_seq integer not null, page blob not null,"
    " primary key(stream, first_seq)) without rowid;"
    "create table index_stream("
    " stream text primary key, head integer not null, pages integer not null,"
    " position integer not null, recorded_at integer not null,"
    " checksum integer not null) without rowid;";

// Columns of index_stream in the order in which read_stream takes them.
inline constexpr std::string_view index_stream_columns =
    "stream, head, pages, position, recorded_at, checksum";

Result<IndexState> load_state(sql::Database& database);
Status save_state(sql::Database& database, const IndexState& state);

// The row that the statement stands on; index_corrupt when its checksum does not hold.
Result<IndexedStream> read_stream(const sql::Statement& statement);
// `statement` inserts into index_stream.
Status write_stream(sql::Statement& statement, const IndexedStream& stream);

}  // namespace lifeline::journal
