#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "base/result.h"

struct sqlite3_stmt;

namespace lifeline::sql {

class KeptStatements;

// A prepared statement, to be used again and again: bind, step to the end, reset. Numbers of
// parameters begin at 1, of columns at 0.
class Statement {
public:
    // What is bound is borrowed until reset.
    Statement& bind(int parameter, std::int64_t value);
    Statement& bind(int parameter, std::uint64_t value);
    Statement& bind_text(int parameter, std::string_view value);
    Statement& bind_bytes(int parameter, std::string_view value);

    // True while a row stands ready; its texts and bytes live until the next step or reset.
    Result<bool> step();
    // For a statement without rows: to the end, and reset.
    Status run();
    void reset();

    std::int64_t integer(int column) const;
    std::uint64_t natural(int column) const;  // A negative one reads as 0.
    double real(int column) const;
    std::string_view text(int column) const;
    std::string_view bytes(int column) const;

private:
    friend class Database;
    struct Finish {
        std::shared_ptr<KeptStatements> kept;  // Where it goes back to; null: it is finalized.
        void operator()(sqlite3_stmt* statement) const;
    };
    explicit Statement(sqlite3_stmt* statement, std::shared_ptr<KeptStatements> kept = nullptr)
        : statement_(statement, Finish{std::move(kept)}) {}

    std::unique_ptr<sqlite3_stmt, Finish> statement_;
    int bind_failure_ = 0;
};

// Resets a statement at the end of a scope: a cursor left open is an open read transaction.
class StatementScope {
public:
    explicit StatementScope(Statement& statement) : statement_(statement) {}
    ~StatementScope() { statement_.reset(); }
    StatementScope(const StatementScope&) = delete;
    StatementScope& operator=(const StatementScope&) = delete;

private:
    Statement& statement_;
};

}  // namespace lifeline::sql
