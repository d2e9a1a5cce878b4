#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sql/blob.h"
#include "sql/statement.h"

struct sqlite3;

// The one SQL surface of the house. Everything here blocks, so it belongs on a Worker; an object is
// used by one thread at a time. SQLite underneath; nothing outside this room knows.
//
// Errors: storage_unavailable (no space; nothing was written, later may be better), storage_failed
// (the disk said no: the fate of the transaction is unknown), storage_corrupt (the file is not what
// was written), storage_busy (somebody else holds it), storage_error (we used it wrongly).
namespace lifeline::sql {

enum class Access {
    create,  // Read and write; made when it is not there.
    write,
    read,
};

enum class Sync {
    full,    // A commit is durable when it returns.
    normal,  // A power cut may take the last commits, never the file: for what can be rebuilt.
};

struct OpenOptions {
    Access access = Access::read;
    Sync sync = Sync::full;
    std::uint32_t page_bytes = 16 * 1024;  // Of a database that is made; 4 KiB pages stalled.
    std::uint64_t mmap_bytes = 0;  // For point reads; a scan with it would count as resident.
    std::string vfs = {};          // Empty for the system's; a FaultDisk's name in tests.
};

enum class Checkpoint {
    passive,   // As much as can be done without waiting for readers.
    truncate,  // All of it, and the log file is empty afterwards.
};

class Database {
public:
    static Result<Database> open(const std::string& path, const OpenOptions& options);

    // One or more statements that give no rows.
    Status run(const std::string& sql);
    Result<Statement> prepare(std::string_view sql);
    // The same, of a text that is asked for each row or event: prepared once, and kept for the next
    // time when the statement goes.
    Result<Statement> kept(std::string_view sql);
    // One number, or an error when there is no row.
    Result<std::int64_t> number(std::string_view sql);

    // A closer look at one value, without reading all of it. An open blob is an open read
    // transaction, which keeps the write-ahead log from being emptied: close it soon.
    Result<Blob> open_blob(const char* table, const char* column, std::int64_t row);

    // Pages in the write-ahead log after the last commit of this connection. Nothing is moved into
    // the database file but by checkpoint(), which only one connection may call: two at once can
    // break the file in SQLite 3.40.1.
    std::uint64_t log_pages() const;
    Status checkpoint(Checkpoint how);

private:
    struct State;
    friend class Transaction;

    Database();
    Result<Statement> prepare(std::string_view sql, std::shared_ptr<KeptStatements> home);

public:
    ~Database();
    Database(Database&&) noexcept;
    Database& operator=(Database&&) noexcept;

private:
    std::unique_ptr<State> state_;
};

// Begun when made, rolled back when it goes without a commit.
class Transaction {
public:
    enum class Kind { read, write };
    static Result<Transaction> begin(Database& database, Kind kind);
    ~Transaction();
    Transaction(Transaction&& other) noexcept;
    Transaction& operator=(Transaction&&) = delete;

    Status commit();

private:
    explicit Transaction(Database& database) : database_(&database) {}
    Database* database_;
};

}  // namespace lifeline::sql
