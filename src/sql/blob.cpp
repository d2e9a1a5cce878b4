#include "sql/blob.h"

#include <sqlite3.h>

#include "sql/sqlite_error.h"

namespace lifeline::sql {

void Blob::Close::operator()(sqlite3_blob* blob) const {
    sqlite3_blob_close(blob);
}

std::size_t Blob::size() const {
    return static_cast<std::size_t>(sqlite3_blob_bytes(blob_.get()));
}

Status Blob::read(std::size_t offset, std::span<char> into) const {
    if (offset > size() || into.size() > size() - offset)
        return fail(Code::corrupt, "storage_corrupt", "a value is shorter than it should be");
    const int code = sqlite3_blob_read(blob_.get(), into.data(), static_cast<int>(into.size()),
                                       static_cast<int>(offset));
    if (code != SQLITE_OK) return fail(sqlite_error(code, nullptr, "read a blob"));
    return {};
}

Status Blob::reopen(std::int64_t row) {
    const int code = sqlite3_blob_reopen(blob_.get(), row);
    if (code == SQLITE_ERROR) return fail(Code::not_found, "row_not_found", "no such row");
    if (code != SQLITE_OK) return fail(sqlite_error(code, nullptr, "reopen a blob"));
    return {};
}

}  // namespace lifeline::sql
