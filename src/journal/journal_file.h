#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journal/epoch.h"
#include "journal/folder.h"
#include "sql/database.h"

// The tables of journal.db and who may open them. Rows are only ever added, but for erasure, which
// changes a row's body and never its hash.
namespace lifeline::journal {

// Counts up when an older binary could not read or would misread the file.
inline constexpr std::int64_t journal_format = 1;

inline constexpr const char* row_table = "journal_row";
inline constexpr const char* row_body_column = "body";

// What a row's columns hold; borrowed from a statement.
struct StoredRow {
    std::uint64_t first_position = 0;
    std::uint64_t count = 0;
    std::string_view previous;
    std::string_view hash;
    std::string_view body;

    std::uint64_t last_position() const { return first_position + count - 1; }
};

// Whether it is a journal's, and one that this binary reads.
Status check_format(sql::Database& database, const Folder& folder);
// Makes the file with its first epoch, in one transaction.
Result<sql::Database> create_journal_file(const Folder& folder, const Epoch& epoch);
// format_newer and storage_corrupt say what to do.
Result<sql::Database> open_journal_file(const Folder& folder, sql::OpenOptions options);

Result<std::vector<Epoch>> load_epochs(sql::Database& database);
Status add_epoch(sql::Database& database, const Epoch& epoch);

// Calls `each` for every row that ends after `after`, in order, while it answers true. One read
// transaction, so `each` is quick, or nobody writes meanwhile.
Status for_each_row(sql::Database& database, std::uint64_t after,
                    const std::function<Result<bool>(const StoredRow&)>& each);

// The same beside a writer: in transactions of at most about 256 KiB of rows, however long it
// takes.
Status for_each_row_sliced(sql::Database& database, std::uint64_t after,
                           const std::function<Result<bool>(const StoredRow&)>& each);

// Where a row ends, without its body. nullopt when there is none that begins at or before
// `position`.
struct RowEnd {
    std::uint64_t first_position = 0;
    std::uint64_t last_position = 0;
    Digest hash{};
};
Result<std::optional<RowEnd>> row_at_or_before(sql::Database& database, std::uint64_t position);
// Of the last row; position 0 and zeros when there is none.
Result<RowEnd> last_row(sql::Database& database);

Result<Digest> to_digest(std::string_view bytes);

}  // namespace lifeline::journal
