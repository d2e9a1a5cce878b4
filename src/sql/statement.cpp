#include "sql/statement.h"

#include <sqlite3.h>

#include "sql/kept_statements.h"
#include "sql/sqlite_error.h"

namespace lifeline::sql {

void Statement::Finish::operator()(sqlite3_stmt* statement) const {
    if (kept) {
        kept->give_back(statement);
    } else {
        sqlite3_finalize(statement);
    }
}

Statement& Statement::bind(int parameter, std::int64_t value) {
    const int code = sqlite3_bind_int64(statement_.get(), parameter, value);
    if (code != SQLITE_OK) bind_failure_ = code;
    return *this;
}

Statement& Statement::bind(int parameter, std::uint64_t value) {
    return bind(parameter, static_cast<std::int64_t>(value));
}

Statement& Statement::bind_text(int parameter, std::string_view value) {
    const int code = sqlite3_bind_text64(statement_.get(), parameter, value.data(), value.size(),
                                         SQLITE_STATIC, SQLITE_UTF8);
    if (code != SQLITE_OK) bind_failure_ = code;
    return *this;
}

Statement& Statement::bind_bytes(int parameter, std::string_view value) {
    // A null pointer would bind NULL.
    const void* bytes = value.data() ? value.data() : "";
    const int code =
        sqlite3_bind_blob64(statement_.get(), parameter, bytes, value.size(), SQLITE_STATIC);
    if (code != SQLITE_OK) bind_failure_ = code;
    return *this;
}

Result<bool> Statement::step() {
    sqlite3* const connection = sqlite3_db_handle(statement_.get());
    if (bind_failure_ != 0) return fail(sqlite_error(bind_failure_, connection, "bind"));
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return fail(sqlite_error(code, connection, sqlite3_sql(statement_.get())));
}

Status Statement::run() {
    const StatementScope scope(*this);
    for (;;) {
        const auto row = step();
        if (!row) return fail(row.error());
        if (!*row) return {};
    }
}

void Statement::reset() {
    sqlite3_reset(statement_.get());
    sqlite3_clear_bindings(statement_.get());
    bind_failure_ = 0;
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

std::uint64_t Statement::natural(int column) const {
    const std::int64_t value = integer(column);
    return value < 0 ? 0 : static_cast<std::uint64_t>(value);
}

double Statement::real(int column) const {
    return sqlite3_column_double(statement_.get(), column);
}

std::string_view Statement::text(int column) const {
    return bytes(column);
}

std::string_view Statement::bytes(int column) const {
    const void* data = sqlite3_column_blob(statement_.get(), column);
    const int size = sqlite3_column_bytes(statement_.get(), column);
    if (!data || size <= 0) return {};
    return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

}  // namespace lifeline::sql
