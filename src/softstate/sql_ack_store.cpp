#include "softstate/sql_ack_store.h"

#include <filesystem>
#include <utility>

namespace lifeline::softstate {

namespace {

constexpr std::int64_t table_version = 1;
constexpr std::uint64_t log_pages_max = 256;

constexpr const char* tables = R"(
create table meta(version integer not null, epoch text not null);
create table acks(
    call text not null, user text not null, seq integer not null, forget_at integer not null,
    primary key(call, user)) without rowid;
create index acks_by_end on acks(forget_at);
)";

std::int64_t number_of(WallTime time) {
    return time.time_since_epoch().count();
}

Result<sql::Database> open_existing(const std::string& path, const std::string& epoch) {
    auto database =
        sql::Database::open(path, {.access = sql::Access::write, .sync = sql::Sync::normal});
    if (!database) return database;
    auto meta = database->prepare("select version, epoch from meta");
    if (!meta) return fail(meta.error());
    const auto known = meta->step();
    if (!known) return fail(known.error());
    if (!*known || meta->integer(0) != table_version || meta->text(1) != epoch)
        return fail(Code::conflict, "epoch_changed", "acks of another history");
    meta->reset();
    return database;
}

Result<sql::Database> create(const std::string& path, const std::string& epoch) {
    std::error_code ignored;
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix, ignored);
    auto database =
        sql::Database::open(path, {.access = sql::Access::create, .sync = sql::Sync::normal});
    if (!database) return database;
    auto transaction = sql::Transaction::begin(*database, sql::Transaction::Kind::write);
    if (!transaction) return fail(transaction.error());
    if (const auto made = database->run(tables); !made) return fail(made.error());
    auto meta = database->prepare("insert into meta values(?, ?)");
    if (!meta) return fail(meta.error());
    if (const auto done = meta->bind(1, table_version).bind_text(2, epoch).run(); !done)
        return fail(done.error());
    if (const auto done = transaction->commit(); !done) return fail(done.error());
    return database;
}

Result<std::vector<Ack>> read(sql::Database& database, WallTime now, std::size_t acks_max) {
    auto select = database.prepare(
        "select call, user, seq, forget_at from acks where forget_at>? order by forget_at desc "
        "limit ?");
    if (!select) return fail(select.error());
    select->bind(1, number_of(now)).bind(2, static_cast<std::int64_t>(acks_max));
    std::vector<Ack> acks;
    for (;;) {
        const auto more = select->step();
        if (!more) return fail(more.error());
        if (!*more) return acks;
        acks.push_back({std::string(select->text(0)), std::string(select->text(1)),
                        select->natural(2), WallTime(Millis(select->integer(3)))});
    }
}

Status write(sql::Database& database, const std::vector<Ack>& changed, WallTime now) {
    auto transaction = sql::Transaction::begin(database, sql::Transaction::Kind::write);
    if (!transaction) return fail(transaction.error());
    auto keep = database.prepare(
        "insert into acks values(?, ?, ?, ?) on conflict do update set "
        "seq=max(seq, excluded.seq), forget_at=max(forget_at, excluded.forget_at)");
    if (!keep) return fail(keep.error());
    for (const Ack& ack : changed) {
        keep->bind_text(1, ack.session_id).bind_text(2, ack.user_id);
        keep->bind(3, ack.seq).bind(4, number_of(ack.forget_at));
        if (const auto done = keep->run(); !done) return done;
    }
    auto forget = database.prepare("delete from acks where forget_at<=?");
    if (!forget) return fail(forget.error());
    if (const auto done = forget->bind(1, number_of(now)).run(); !done) return done;
    if (const auto done = transaction->commit(); !done) return done;
    if (database.log_pages() > log_pages_max) return database.checkpoint(sql::Checkpoint::passive);
    return {};
}

}  // namespace

Result<SqlAckStore::Opened> SqlAckStore::open(const Options& options, Worker& worker) {
    if (auto database = open_existing(options.path, options.epoch)) {
        if (auto acks = read(*database, options.now, options.acks_max))
            return Opened{
                std::unique_ptr<SqlAckStore>(new SqlAckStore(worker, std::move(*database))),
                std::move(*acks)};
    }
    auto database = create(options.path, options.epoch);
    if (!database) return fail(database.error());
    return Opened{std::unique_ptr<SqlAckStore>(new SqlAckStore(worker, std::move(*database))), {}};
}

void SqlAckStore::keep(std::vector<Ack> changed, WallTime now, Loop& from,
                       std::move_only_function<void(Status)> done) {
    worker_.submit([database = database_, changed = std::move(changed), now, &from,
                    done = std::move(done)]() mutable {
        from.post([written = write(*database, changed, now), done = std::move(done)]() mutable {
            done(std::move(written));
        });
    });
}

}  // namespace lifeline::softstate
