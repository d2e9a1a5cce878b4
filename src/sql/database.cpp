#include "sql/database.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <utility>

#include "sql/full_text.h"
#include "sql/kept_statements.h"
#include "sql/sqlite_error.h"

namespace lifeline::sql {

namespace {

// Nobody but a reader's snapshot or a second command is ever waited for, and both are short.
constexpr int busy_wait_ms = 2'000;

int note_log_pages(void* pages, sqlite3*, const char*, int count) {
    *static_cast<std::uint64_t*>(pages) = static_cast<std::uint64_t>(count);
    return SQLITE_OK;
}

int open_flags(Access access) {
    // One thread at a time uses a connection, so it needs no mutex of its own.
    switch (access) {
        case Access::create:
            return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
        case Access::write:
            return SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
        case Access::read:
            break;
    }
    return SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
}

std::string settings(const OpenOptions& options) {
    std::string sql = fmt::format("pragma mmap_size={};", options.mmap_bytes);
    if (options.access == Access::read) return sql + "pragma query_only=on;";
    // A new database begins with a rollback journal. Its removal must be durable before the log
    // takes over, or a power cut could bring it back to undo the file under a log full of commits;
    // only "extra" syncs the folder.
    sql += fmt::format(
        "pragma page_size={}; pragma synchronous=extra; pragma journal_mode=wal;"
        "pragma synchronous={};",
        options.page_bytes, options.sync == Sync::full ? "full" : "normal");
    // What is deleted is overwritten: erasure is a promise. Checkpoints are ours alone.
    sql += "pragma secure_delete=on; pragma wal_autocheckpoint=0;";
    return sql;
}

}  // namespace

struct Database::State {
    sqlite3* connection = nullptr;
    std::uint64_t log_pages = 0;
    std::shared_ptr<KeptStatements> kept = std::make_shared<KeptStatements>();

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        kept->close();
        sqlite3_close_v2(connection);
    }
};

Database::Database() : state_(std::make_unique<State>()) {}
Database::~Database() = default;
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;

Result<Database> Database::open(const std::string& path, const OpenOptions& options) {
    Database database;
    sqlite3*& connection = database.state_->connection;
    const int code = sqlite3_open_v2(path.c_str(), &connection, open_flags(options.access),
                                     options.vfs.empty() ? nullptr : options.vfs.c_str());
    if (code != SQLITE_OK) return fail(sqlite_error(code, connection, "open " + path));
    sqlite3_extended_result_codes(connection, 1);
    sqlite3_busy_timeout(connection, busy_wait_ms);
    // A database is data: nothing in its schema may run code of its own.
    sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    // The last connection to close would checkpoint; that is the writer's to do, when it wants to.
    sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    const int set = sqlite3_exec(connection, settings(options).c_str(), nullptr, nullptr, nullptr);
    if (set != SQLITE_OK) return fail(sqlite_error(set, connection, "open " + path));
    add_full_text_functions(connection);
    sqlite3_wal_hook(connection, note_log_pages, &database.state_->log_pages);
    return database;
}

Status Database::run(const std::string& sql) {
    const int code = sqlite3_exec(state_->connection, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return fail(sqlite_error(code, state_->connection, sql));
    return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
    return prepare(sql, nullptr);
}

Result<Statement> Database::kept(std::string_view sql) {
    if (sqlite3_stmt* const known = state_->kept->take(sql)) return Statement(known, state_->kept);
    return prepare(sql, state_->kept);
}

Result<Statement> Database::prepare(std::string_view sql, std::shared_ptr<KeptStatements> home) {
    sqlite3_stmt* statement = nullptr;
    const int code =
        sqlite3_prepare_v3(state_->connection, sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) return fail(sqlite_error(code, state_->connection, sql));
    return Statement(statement, std::move(home));
}

Result<std::int64_t> Database::number(std::string_view sql) {
    auto statement = prepare(sql);
    if (!statement) return fail(statement.error());
    const auto row = statement->step();
    if (!row) return fail(row.error());
    if (!*row) return fail(Code::not_found, "row_not_found", std::string(sql));
    return statement->integer(0);
}

Result<Blob> Database::open_blob(const char* table, const char* column, std::int64_t row) {
    sqlite3_blob* blob = nullptr;
    const int code = sqlite3_blob_open(state_->connection, "main", table, column, row, 0, &blob);
    if (code == SQLITE_ERROR) return fail(Code::not_found, "row_not_found", "no such row");
    if (code != SQLITE_OK) return fail(sqlite_error(code, state_->connection, "open a blob"));
    return Blob(blob);
}

std::uint64_t Database::log_pages() const {
    return state_->log_pages;
}

Status Database::checkpoint(Checkpoint how) {
    const int mode =
        how == Checkpoint::passive ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_TRUNCATE;
    const int code = sqlite3_wal_checkpoint_v2(state_->connection, "main", mode, nullptr, nullptr);
    if (code != SQLITE_OK) return fail(sqlite_error(code, state_->connection, "checkpoint"));
    return {};
}

Result<Transaction> Transaction::begin(Database& database, Kind kind) {
    if (auto begun = database.run(kind == Kind::read ? "begin" : "begin immediate"); !begun)
        return fail(begun.error());
    return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
    if (!database_) return;
    // After some failures SQLite has rolled back by itself; then there is nothing to do.
    if (sqlite3_get_autocommit(database_->state_->connection) == 0)
        (void)database_->run("rollback");
}

Status Transaction::commit() {
    auto done = database_->run("commit");
    if (done) database_ = nullptr;
    return done;
}

}  // namespace lifeline::sql
