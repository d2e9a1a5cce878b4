#include "journal/chain_walk.h"

#include <fmt/format.h>

namespace lifeline::journal {

namespace {

std::unexpected<Error> broken(std::uint64_t position, std::string_view what) {
    return fail(Code::corrupt, "journal_corrupt",
                fmt::format("the row at position {} {}", position, what));
}

}  // namespace

ChainWalk::ChainWalk(std::vector<Epoch> epochs, std::uint64_t last_position,
                     const Digest& last_hash)
    : epochs_(std::move(epochs)), position_(last_position), hash_(last_hash) {}

Result<RowView> ChainWalk::next(const StoredRow& row) {
    if (row.first_position != position_ + 1)
        return broken(position_ + 1,
                      fmt::format("is missing; the next begins at {}", row.first_position));
    if (row.previous != view(hash_))
        return broken(row.first_position, "does not follow the row before it");
    const auto opened = RowView::open(row.body, row.first_position, row.count);
    if (!opened) return opened;
    // Every record's own checksum comes first, so that a flipped bit is named by its record.
    const auto digest = opened->digest(sha_, epoch_of(epochs_, row.first_position).id(), hash_);
    if (!digest) return fail(digest.error());
    if (row.hash != view(*digest))
        return broken(row.first_position,
                      "has a hash that does not match its records: it was changed on purpose, or "
                      "its header is damaged");
    position_ = row.last_position();
    hash_ = *digest;
    time_ = opened->time();
    return opened;
}

}  // namespace lifeline::journal
