#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/result.h"

struct sqlite3_blob;

namespace lifeline::sql {

// One value of one row, read in parts. reopen() moves to another row for a fifth of the price.
class Blob {
public:
    std::size_t size() const;
    Status read(std::size_t offset, std::span<char> into) const;
    // not_found leaves the blob unusable until a reopen succeeds.
    Status reopen(std::int64_t row);

private:
    friend class Database;
    struct Close {
        void operator()(sqlite3_blob* blob) const;
    };
    explicit Blob(sqlite3_blob* blob) : blob_(blob) {}

    std::unique_ptr<sqlite3_blob, Close> blob_;
};

}  // namespace lifeline::sql
