#include "sql/sqlite_error.h"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <sqlite3.h>

namespace lifeline::sql {

namespace {

bool out_of_space(int code, int system_error) {
    if ((code & 0xff) == SQLITE_FULL) return true;
    // A failed fsync is never "no space": what it left behind is unknown.
    if ((code & 0xff) != SQLITE_IOERR || code == SQLITE_IOERR_FSYNC) return false;
    return system_error == ENOSPC || system_error == EDQUOT;
}

Error classified(int code, int system_error, std::string detail) {
    if (out_of_space(code, system_error))
        return {Code::unavailable, "storage_unavailable", std::move(detail)};
    switch (code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return {Code::unavailable, "storage_busy", std::move(detail)};
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return {Code::corrupt, "storage_corrupt", std::move(detail)};
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY:
        case SQLITE_IOERR:
            return {Code::unavailable, "storage_failed", std::move(detail)};
        case SQLITE_CONSTRAINT:
            return {Code::conflict, "storage_conflict", std::move(detail)};
        default:
            return {Code::internal, "storage_error", std::move(detail)};
    }
}

}  // namespace

Error sqlite_error(int code, sqlite3* connection, std::string_view doing) {
    const int system_error = connection ? sqlite3_system_errno(connection) : 0;
    const char* text = connection ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
    std::string detail = fmt::format("{}: {} (sqlite {})", doing, text, code);
    if ((code & 0xff) == SQLITE_IOERR && system_error != 0)
        detail += fmt::format(", {}", std::strerror(system_error));
    return classified(code, system_error, std::move(detail));
}

Error file_error(int code, int system_error, std::string_view doing) {
    std::string detail = fmt::format("{}: {} (sqlite {})", doing, sqlite3_errstr(code), code);
    if (system_error != 0) detail += fmt::format(", {}", std::strerror(system_error));
    return classified(code, system_error, std::move(detail));
}

}  // namespace lifeline::sql
