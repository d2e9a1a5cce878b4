#pragma once

// What a file layer of our own may be asked beside what SQLite asks: numbers below 100 are
// SQLite's.
namespace lifeline::sql {

// xFileControl's argument is the new path, a `const char*`. A layer that does not know it is the
// system's own, whose files have names that rename(2) knows.
inline constexpr int control_move_file = 1001;

}  // namespace lifeline::sql
