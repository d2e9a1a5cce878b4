#include "journal/journal_file.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeline::journal {

namespace {

constexpr std::int64_t application_id = 0x4c4c4a31;  // "LLJ1", for file(1) and for us.

constexpr std::string_view schema =
    "create table journal_row("
    " first_position integer primary key,"
    " count integer not null,"
    " previous blob not null,"
    " hash blob not null,"
    " body blob not null);"
    "create table journal_epoch("
    " number integer primary key,"
    " record blob not null);";

}  // namespace

Status check_format(sql::Database& database, const Folder& folder) {
    const auto id = database.number("pragma application_id");
    if (!id) return fail(id.error());
    if (*id != application_id)
        return fail(Code::corrupt, "journal_corrupt", folder.database() + " is no journal");
    const auto format = database.number("pragma user_version");
    if (!format) return fail(format.error());
    if (*format > journal_format)
        return fail(
            Code::conflict, "format_newer",
            fmt::format("{} has format {}, this binary reads up to {}; use the newer binary",
                        folder.database(), *format, journal_format));
    return {};
}

Result<sql::Database> create_journal_file(const Folder& folder, const Epoch& epoch) {
    auto database =
        sql::Database::open(folder.database(), {.access = sql::Access::create, .vfs = folder.vfs});
    if (!database) return database;
    auto transaction = sql::Transaction::begin(*database, sql::Transaction::Kind::write);
    if (!transaction) return fail(transaction.error());
    auto done = database->run(std::string(schema) +
                              fmt::format("pragma application_id={}; pragma user_version={};",
                                          application_id, journal_format));
    if (done) done = add_epoch(*database, epoch);
    if (done) done = transaction->commit();
    if (!done) return fail(done.error());
    return database;
}

Result<sql::Database> open_journal_file(const Folder& folder, sql::OpenOptions options) {
    options.vfs = folder.vfs;
    auto database = sql::Database::open(folder.database(), options);
    if (!database) return database;
    if (auto checked = check_format(*database, folder); !checked) return fail(checked.error());
    return database;
}

Result<std::vector<Epoch>> load_epochs(sql::Database& database) {
    auto statement = database.prepare("select record from journal_epoch order by number");
    if (!statement) return fail(statement.error());
    std::vector<Epoch> epochs;
    for (;;) {
        const auto row = statement->step();
        if (!row) return fail(row.error());
        if (!*row) break;
        const auto epoch = Epoch::decode(statement->bytes(0));
        if (!epoch) return fail(epoch.error());
        if (!epochs.empty() && epoch->first_position < epochs.back().first_position)
            return fail(Code::corrupt, "journal_corrupt", "epochs are out of order");
        epochs.push_back(*epoch);
    }
    if (epochs.empty()) return fail(Code::corrupt, "journal_corrupt", "the journal has no epoch");
    return epochs;
}

Status add_epoch(sql::Database& database, const Epoch& epoch) {
    auto statement = database.prepare("insert into journal_epoch(record) values(?)");
    if (!statement) return fail(statement.error());
    return statement->bind_bytes(1, epoch.encode()).run();
}

Status for_each_row(sql::Database& database, std::uint64_t after,
                    const std::function<Result<bool>(const StoredRow&)>& each) {
    const auto before = row_at_or_before(database, after + 1);
    if (!before) return fail(before.error());
    auto statement = database.prepare(
        "select first_position, count, previous, hash, body from journal_row"
        " where first_position >= ? order by first_position");
    if (!statement) return fail(statement.error());
    statement->bind(1, *before ? (*before)->first_position : 0);
    const sql::StatementScope scope(*statement);
    for (;;) {
        const auto row = statement->step();
        if (!row) return fail(row.error());
        if (!*row) return {};
        const StoredRow stored{statement->natural(0), statement->natural(1), statement->bytes(2),
                               statement->bytes(3), statement->bytes(4)};
        if (stored.last_position() <= after) continue;
        const auto go_on = each(stored);
        if (!go_on) return fail(go_on.error());
        if (!*go_on) return {};
    }
}

Status for_each_row_sliced(sql::Database& database, std::uint64_t after,
                           const std::function<Result<bool>(const StoredRow&)>& each) {
    constexpr std::size_t slice_bytes = 256 * 1024;
    for (bool more = true; more;) {
        more = false;
        std::size_t bytes = 0;
        const auto slice = [&](const StoredRow& row) -> Result<bool> {
            if (bytes >= slice_bytes) {
                more = true;
                return false;
            }
            bytes += row.body.size();
            after = row.last_position();
            return each(row);
        };
        if (auto done = for_each_row(database, after, slice); !done) return done;
    }
    return {};
}

Result<std::optional<RowEnd>> row_at_or_before(sql::Database& database, std::uint64_t position) {
    auto statement = database.prepare(
        "select first_position, count, hash from journal_row"
        " where first_position <= ? order by first_position desc limit 1");
    if (!statement) return fail(statement.error());
    statement->bind(1, static_cast<std::int64_t>(std::min<std::uint64_t>(position, INT64_MAX)));
    const auto row = statement->step();
    if (!row) return fail(row.error());
    if (!*row) return std::nullopt;
    const auto hash = to_digest(statement->bytes(2));
    if (!hash) return fail(hash.error());
    const std::uint64_t first = statement->natural(0);
    return RowEnd{first, first + statement->natural(1) - 1, *hash};
}

Result<RowEnd> last_row(sql::Database& database) {
    const auto last = row_at_or_before(database, UINT64_MAX);
    if (!last) return fail(last.error());
    return last->value_or(RowEnd{});
}

Result<Digest> to_digest(std::string_view bytes) {
    Digest digest;
    if (bytes.size() != digest.size())
        return fail(Code::corrupt, "journal_corrupt", "a hash of the wrong length");
    std::ranges::copy(bytes, digest.begin());
    return digest;
}

}  // namespace lifeline::journal
