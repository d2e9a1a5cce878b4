#include "journal/index_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "journal/index_corrupt.h"
#include "journal/index_page.h"
#include "journal/index_scan.h"
#include "sql/file.h"

namespace lifeline::journal {

namespace {

// About 50 ms of pages at a start; beyond, each read still checks those it needs.
constexpr std::uint64_t events_scanned_max = 250'000;

Status scan_at_start(sql::Database& database, std::uint64_t cursor) {
    if (cursor > events_scanned_max) return scan_streams(database, cursor);
    return scan_index(database, cursor, [](const std::string&, std::span<const IndexEntry>) {});
}

// Past every name that begins with `prefix`: UTF-8 has no byte 0xff.
std::string end_of_prefix(const std::string& prefix) {
    return prefix + "\xff";
}

Status remove_index(const Folder& folder) {
    for (const char* suffix : {"", "-wal", "-shm"})
        if (auto removed = sql::remove_file(folder.index() + suffix, folder.vfs); !removed)
            return removed;
    return {};
}

// What is written of a stream. Prepared once for all streams of a batch: preparing costs more than
// looking.
class StreamFinder {
public:
    static Result<StreamFinder> prepare(sql::Database& database) {
        auto row = database.prepare(
            fmt::format("select {} from index_stream where stream = ?", index_stream_columns));
        if (!row) return fail(row.error());
        auto page = database.prepare("select 1 from index_page where stream = ? limit 1");
        if (!page) return fail(page.error());
        return StreamFinder(std::move(*row), std::move(*page));
    }

    Result<std::optional<IndexedStream>> find(const std::string& stream) {
        const sql::StatementScope row_scope(row_);
        const auto known = row_.bind_text(1, stream).step();
        if (!known) return fail(known.error());
        if (*known) {
            auto found = read_stream(row_);
            if (!found) return fail(found.error());
            return std::move(*found);
        }
        // That it is new is believed only when the other table does not know it either.
        const sql::StatementScope page_scope(page_);
        const auto any = page_.bind_text(1, stream).step();
        if (!any) return fail(any.error());
        if (*any) return index_corrupt(stream + " has pages and no head");
        return std::nullopt;
    }

private:
    StreamFinder(sql::Statement row, sql::Statement page)
        : row_(std::move(row)), page_(std::move(page)) {}

    sql::Statement row_;
    sql::Statement page_;
};

sql::OpenOptions index_options(const Folder& folder, sql::Access access) {
    return {.access = access, .sync = sql::Sync::normal, .page_bytes = 4096, .vfs = folder.vfs};
}

}  // namespace

IndexStore::IndexStore(Folder folder, sql::Database database, const IndexState& state)
    : folder_(std::move(folder)),
      database_(std::move(database)),
      state_(state),
      id_hash_(state.secret) {}

Result<std::optional<IndexStore>> IndexStore::open(
    const Folder& folder, const std::function<Result<bool>(const HeadMark&)>& belongs) {
    auto store = open_existing(folder);
    if (!store) return std::nullopt;
    const auto ours = belongs(store->cursor());
    if (!ours) return fail(ours.error());
    if (!*ours || !scan_at_start(store->database_, store->cursor().position)) return std::nullopt;
    return std::move(*store);
}

Result<IndexStore> IndexStore::open_existing(const Folder& folder) {
    // SQLite would begin a database in an empty file.
    const auto there = sql::file_exists(folder.index(), folder.vfs);
    if (!there) return fail(there.error());
    if (!*there) return fail(Code::not_found, "file_not_found", folder.index());
    auto database = sql::Database::open(folder.index(), index_options(folder, sql::Access::write));
    if (!database) return fail(database.error());
    if (auto known = check_index_format(*database); !known) return fail(known.error());
    const auto state = load_state(*database);
    if (!state) return fail(state.error());
    return IndexStore(folder, std::move(*database), *state);
}

Result<IndexStore> IndexStore::create(const Folder& folder, Random& random) {
    if (auto removed = remove_index(folder); !removed) return fail(removed.error());
    auto database = sql::Database::open(folder.index(), index_options(folder, sql::Access::create));
    if (!database) return fail(database.error());
    auto transaction = sql::Transaction::begin(*database, sql::Transaction::Kind::write);
    if (!transaction) return fail(transaction.error());
    const IndexState state{.secret = random.bytes<KeyedHash::secret_bytes>(), .cursor = {}};
    auto done = database->run(std::string(index_schema) +
                              fmt::format("pragma user_version={};", index_format));
    if (done) done = save_state(*database, state);
    if (done) done = transaction->commit();
    if (!done) return fail(done.error());
    return IndexStore(folder, std::move(*database), state);
}

Status IndexStore::write(const IndexBatch& batch, const HeadMark& cursor) {
    auto transaction = sql::Transaction::begin(database_, sql::Transaction::Kind::write);
    if (!transaction) return fail(transaction.error());
    auto page = database_.prepare("insert into index_page values(?, ?, ?)");
    if (!page) return fail(page.error());
    auto row = database_.prepare("insert or replace into index_stream values(?, ?, ?, ?, ?, ?)");
    if (!row) return fail(row.error());
    auto finder = StreamFinder::prepare(database_);
    if (!finder) return fail(finder.error());
    for (const auto& [name, run] : batch) {
        const auto known = finder->find(name);
        if (!known) return fail(known.error());
        const std::uint64_t stands = *known ? (*known)->head.head : 0;
        if (stands >= run.head()) continue;
        if (stands + 1 != run.first_seq)
            return index_corrupt(fmt::format("{} ends at seq {}, where {} should come next", name,
                                             stands, run.first_seq));
        const std::string packed = encode_index_page(name, run.first_seq, run.entries);
        auto done = page->bind_text(1, name).bind(2, run.first_seq).bind_bytes(3, packed).run();
        if (!done) return done;
        done = write_stream(
            *row, {.head = {name, run.head(), run.entries.back().place.position(), run.recorded_at},
                   .pages = *known ? (*known)->pages + 1 : 1});
        if (!done) return done;
    }
    const IndexState state{state_.secret, cursor};
    auto done = save_state(database_, state);
    if (done) done = transaction->commit();
    if (!done) return done;
    state_ = state;
    return {};
}

Status IndexStore::checkpoint_if_due() {
    // Nobody else writes or checkpoints this file, and nobody waits for this worker's commits.
    if (database_.log_pages() < 1000) return {};
    auto moved = database_.checkpoint(sql::Checkpoint::passive);
    // Whatever else is in the way (a full disk, a failing one), the log has it all: tried again.
    if (!moved && moved.error().code == Code::corrupt) return moved;
    return {};
}

Result<std::vector<IndexEntry>> IndexStore::load(const std::string& stream, std::uint64_t first_seq,
                                                 std::uint64_t count) {
    const auto known = find(stream);
    if (!known) return fail(known.error());
    const std::uint64_t head = *known ? (*known)->head.head : 0;
    if (head < first_seq) return std::vector<IndexEntry>{};
    const std::uint64_t wanted = std::min(count, head - first_seq + 1);
    // The page that first_seq is in begins at or before it.
    auto pages = database_.prepare(
        "select first_seq, page from index_page where stream = ?1 and first_seq >= coalesce("
        " (select max(first_seq) from index_page where stream = ?1 and first_seq <= ?2), 0)"
        " order by first_seq");
    if (!pages) return fail(pages.error());
    pages->bind_text(1, stream).bind(2, first_seq);
    std::vector<IndexEntry> entries;
    std::uint64_t next = 0;  // The seq that follows what is in `entries`.
    while (next < first_seq + wanted) {
        const auto row = pages->step();
        if (!row) return fail(row.error());
        const std::uint64_t begins = *row ? pages->natural(0) : 0;
        if (next == 0 && begins <= first_seq) next = begins;
        if (!*row || begins == 0 || begins != next)
            return index_corrupt(
                fmt::format("{} has no page for seq {}", stream, std::max(next, first_seq)));
        const std::size_t had = entries.size();
        if (auto decoded = decode_index_page(stream, begins, pages->bytes(1), entries); !decoded)
            return fail(decoded.error());
        next += entries.size() - had;
    }
    if (next > head + 1)
        return index_corrupt(fmt::format("{} has pages beyond its head at {}", stream, head));
    const std::uint64_t surplus = first_seq - (next - entries.size());
    entries.erase(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(surplus));
    return entries;
}

Result<std::optional<IndexedStream>> IndexStore::find(const std::string& stream) {
    auto finder = StreamFinder::prepare(database_);
    if (!finder) return fail(finder.error());
    return finder->find(stream);
}

Result<std::optional<StreamHead>> IndexStore::head(const std::string& stream) {
    auto found = find(stream);
    if (!found) return fail(found.error());
    if (!*found) return std::nullopt;
    return std::move((*found)->head);
}

Result<std::string> IndexStore::next_name(const std::string& after, const std::string& end) {
    auto select = database_.prepare(
        "select stream from index_page where stream > ? and stream < ? order by stream limit 1");
    if (!select) return fail(select.error());
    const auto row = select->bind_text(1, after).bind_text(2, end).step();
    if (!row) return fail(row.error());
    return *row ? std::string(select->text(0)) : std::string();
}

Result<std::vector<StreamHead>> IndexStore::list(const std::string& prefix,
                                                 const std::string& after, std::size_t limit) {
    auto select = database_.prepare(
        fmt::format("select {} from index_stream"
                    " where stream >= ? and stream > ? and stream < ? order by stream",
                    index_stream_columns));
    if (!select) return fail(select.error());
    const std::string end = end_of_prefix(prefix);
    select->bind_text(1, prefix).bind_text(2, after).bind_text(3, end);
    std::vector<StreamHead> heads;
    std::string last = std::max(prefix, after);
    while (heads.size() < limit) {
        const auto row = select->step();
        if (!row) return fail(row.error());
        // One table says who comes next, the other who does not come between.
        const auto next = next_name(last, end);
        if (!next) return fail(next.error());
        if (!*row && next->empty()) break;
        if (!*row) return index_corrupt(*next + " has pages and no head");
        auto found = read_stream(*select);
        if (!found) return fail(found.error());
        last = found->head.stream;
        const bool is_prefix_itself = heads.empty() && last == prefix;
        if (last != *next && !is_prefix_itself)
            return index_corrupt(fmt::format("{} comes where {} should", last, *next));
        heads.push_back(std::move(found->head));
    }
    return heads;
}

Status IndexStore::invalidate() {
    return remove_index(folder_);
}

}  // namespace lifeline::journal
