#pragma once

#include <fmt/format.h>

#include <string_view>

#include "base/result.h"

namespace lifeline::journal {

// Whatever is wrong with index.db, what to do is the same, and said once.
inline std::unexpected<Error> index_corrupt(std::string_view what) {
    return fail(Code::corrupt, "index_corrupt",
                fmt::format("index.db: {}; the journal is not concerned: stop the server and "
                            "delete index.db, it is rebuilt at the next start",
                            what));
}

// SQLite's word for damage, when it speaks of this file.
inline Error about_index(Error error) {
    if (error.code != Code::corrupt || error.reason == "index_corrupt") return error;
    return index_corrupt(error.detail).error();
}

}  // namespace lifeline::journal
