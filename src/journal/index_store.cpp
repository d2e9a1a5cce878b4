#include "journal/index_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "journal/encoding.h"
#include "journal/index_page.h"
#include "journal/journal_file.h"
#include "sql/file.h"

namespace lifeline::journal {

namespace {

constexpr std::int64_t index_format = 1;

constexpr std::string_view schema =
    "create table index_state("
    " id integer primary key check(id = 1),"
    " secret blob not null,"
    " position integer not null, hash blob not null, epoch blob not null);"
    "create table index_page("
    " stream text not null, first_seq integer not null, page blob not null,"
    " primary key(stream, first_seq)) without rowid;"
    "create table index_stream("
    " stream text primary key, head integer not null,"
    " position integer not null, recorded_at integer not null) without rowid;";

// Past every name that begins with `prefix`: UTF-8 has no byte 0xff.
std::string end_of_prefix(const std::string& prefix) {
    return prefix + "\xff";
}

StreamHead head_row(const sql::Statement& statement) {
    return {.stream = std::string(statement.text(0)),
            .head = statement.natural(1),
            .position = statement.natural(2),
            .recorded_at = WallTime(Millis(statement.integer(3)))};
}

template <std::size_t N>
bool copy_exactly(std::string_view from, std::array<std::uint8_t, N>& to) {
    if (from.size() != N) return false;
    std::ranges::copy(from, to.begin());
    return true;
}

Status remove_index(const Folder& folder) {
    for (const char* suffix : {"", "-wal", "-shm"})
        if (auto removed = sql::remove_file(folder.index() + suffix, folder.vfs); !removed)
            return removed;
    return {};
}

sql::OpenOptions index_options(const Folder& folder, sql::Access access) {
    return {.access = access, .sync = sql::Sync::normal, .page_bytes = 4096, .vfs = folder.vfs};
}

}  // namespace

IndexStore::IndexStore(sql::Database database, const KeyedHash& id_hash, const HeadMark& cursor)
    : database_(std::move(database)), id_hash_(id_hash), cursor_(cursor) {}

Result<std::optional<IndexStore>> IndexStore::open(
    const Folder& folder, const std::function<Result<bool>(const HeadMark&)>& belongs) {
    auto store = open_existing(folder);
    if (!store) return std::nullopt;
    const auto ours = belongs(store->cursor());
    if (!ours) return fail(ours.error());
    if (!*ours) return std::nullopt;
    return std::move(*store);
}

Result<IndexStore> IndexStore::open_existing(const Folder& folder) {
    auto database = sql::Database::open(folder.index(), index_options(folder, sql::Access::write));
    if (!database) return fail(database.error());
    const auto format = database->number("pragma user_version");
    if (!format) return fail(format.error());
    if (*format != index_format) return fail(Code::conflict, "index_corrupt", "another format");
    auto state = database->prepare("select position, hash, epoch, secret from index_state");
    if (!state) return fail(state.error());
    const auto row = state->step();
    if (!row) return fail(row.error());
    HeadMark cursor;
    KeyedHash::Secret secret;
    if (!*row || !copy_exactly(state->bytes(1), cursor.hash) ||
        !copy_exactly(state->bytes(2), cursor.epoch) || !copy_exactly(state->bytes(3), secret))
        return fail(Code::corrupt, "index_corrupt", "no cursor");
    cursor.position = state->natural(0);
    state->reset();
    return IndexStore(std::move(*database), KeyedHash(secret), cursor);
}

Result<IndexStore> IndexStore::create(const Folder& folder, Random& random) {
    if (auto removed = remove_index(folder); !removed) return fail(removed.error());
    auto database = sql::Database::open(folder.index(), index_options(folder, sql::Access::create));
    if (!database) return fail(database.error());
    auto transaction = sql::Transaction::begin(*database, sql::Transaction::Kind::write);
    if (!transaction) return fail(transaction.error());
    auto done =
        database->run(std::string(schema) + fmt::format("pragma user_version={};", index_format));
    if (!done) return fail(done.error());
    const auto secret = random.bytes<KeyedHash::secret_bytes>();
    const HeadMark cursor;
    auto insert = database->prepare("insert into index_state values(1, ?, 0, ?, ?)");
    if (!insert) return fail(insert.error());
    done = insert->bind_bytes(1, view(secret))
               .bind_bytes(2, view(cursor.hash))
               .bind_bytes(3, view(cursor.epoch))
               .run();
    if (done) done = transaction->commit();
    if (!done) return fail(done.error());
    return IndexStore(std::move(*database), KeyedHash(secret), cursor);
}

Status IndexStore::write(const IndexBatch& batch, const HeadMark& cursor) {
    auto transaction = sql::Transaction::begin(database_, sql::Transaction::Kind::write);
    if (!transaction) return fail(transaction.error());
    auto page = database_.prepare("insert into index_page values(?, ?, ?)");
    auto stream = database_.prepare(
        "insert into index_stream values(?, ?, ?, ?) on conflict(stream) do update set"
        " head = excluded.head, position = excluded.position, recorded_at = excluded.recorded_at");
    auto state =
        database_.prepare("update index_state set position = ?, hash = ?, epoch = ? where id = 1");
    if (!page) return fail(page.error());
    if (!stream) return fail(stream.error());
    if (!state) return fail(state.error());
    for (const auto& [name, run] : batch) {
        const std::string packed = encode_index_page(name, run.first_seq, run.entries);
        auto done = page->bind_text(1, name).bind(2, run.first_seq).bind_bytes(3, packed).run();
        if (!done) return done;
        done = stream->bind_text(1, name)
                   .bind(2, run.head())
                   .bind(3, run.entries.back().place.position())
                   .bind(4, std::int64_t{run.recorded_at.time_since_epoch().count()})
                   .run();
        if (!done) return done;
    }
    auto done = state->bind(1, cursor.position)
                    .bind_bytes(2, view(cursor.hash))
                    .bind_bytes(3, view(cursor.epoch))
                    .run();
    if (done) done = transaction->commit();
    if (!done) return done;
    cursor_ = cursor;
    // Nobody else writes or checkpoints this file, and nobody waits for this worker's commits.
    if (database_.log_pages() >= 1000) return database_.checkpoint(sql::Checkpoint::passive);
    return {};
}

Result<std::vector<IndexEntry>> IndexStore::load(const std::string& stream, std::uint64_t first_seq,
                                                 std::uint64_t count) {
    // The page that first_seq is in begins at or before it.
    auto pages = database_.prepare(
        "select first_seq, page from index_page where stream = ?1 and first_seq >= coalesce("
        " (select max(first_seq) from index_page where stream = ?1 and first_seq <= ?2), 0)"
        " order by first_seq");
    if (!pages) return fail(pages.error());
    pages->bind_text(1, stream).bind(2, first_seq);
    std::vector<IndexEntry> entries;
    std::uint64_t next = 0;  // The seq that follows what is in `entries`.
    for (;;) {
        const auto row = pages->step();
        if (!row) return fail(row.error());
        if (!*row || (next > first_seq && next - first_seq >= count)) break;
        const std::uint64_t begins = pages->natural(0);
        if (next == 0 && begins <= first_seq) next = begins;
        if (begins != next)
            return fail(
                Code::corrupt, "index_corrupt",
                fmt::format("index.db: {} has no page for seq {}; stop the server and delete "
                            "index.db, it is rebuilt at the next start",
                            stream, std::max(next, first_seq)));
        const std::size_t had = entries.size();
        if (auto decoded = decode_index_page(stream, begins, pages->bytes(1), entries); !decoded)
            return fail(decoded.error());
        next += entries.size() - had;
    }
    const std::uint64_t begin = next - entries.size();
    const std::uint64_t surplus =
        std::min<std::uint64_t>(first_seq - std::min(begin, first_seq), entries.size());
    entries.erase(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(surplus));
    return entries;
}

Result<std::optional<StreamHead>> IndexStore::head(const std::string& stream) {
    auto statement = database_.prepare(
        "select stream, head, position, recorded_at from index_stream where stream = ?");
    if (!statement) return fail(statement.error());
    const auto row = statement->bind_text(1, stream).step();
    if (!row) return fail(row.error());
    if (!*row) return std::nullopt;
    return head_row(*statement);
}

Result<std::vector<StreamHead>> IndexStore::list(const std::string& prefix,
                                                 const std::string& after, std::size_t limit) {
    auto statement = database_.prepare(
        "select stream, head, position, recorded_at from index_stream"
        " where stream >= ? and stream > ? and stream < ? order by stream limit ?");
    if (!statement) return fail(statement.error());
    const std::string end = end_of_prefix(prefix);
    statement->bind_text(1, prefix).bind_text(2, after).bind_text(3, end).bind(4, limit);
    std::vector<StreamHead> heads;
    for (;;) {
        const auto row = statement->step();
        if (!row) return fail(row.error());
        if (!*row) return heads;
        heads.push_back(head_row(*statement));
    }
}

}  // namespace lifeline::journal
