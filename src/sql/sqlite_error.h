#pragma once

#include <string_view>

#include "base/result.h"

struct sqlite3;

// SQLite's codes as ours; for this room's own files.
namespace lifeline::sql {

// `connection` may be null. `doing` begins the detail: "commit: disk I/O error".
Error sqlite_error(int code, sqlite3* connection, std::string_view doing);

// When the operating system's own error is known, and SQLite's message is not.
Error file_error(int code, int system_error, std::string_view doing);

}  // namespace lifeline::sql
