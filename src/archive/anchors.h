#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "archive/line.h"
#include "journal/seal_key.h"

namespace lifeline::archive {

// What was signed of a folder's journal before anybody asked for an archive: its seals, and the
// heads that it published. An archive ends its segments with them, rather than with a word of its
// own, because others may have kept them.
class Anchors {
public:
    static Result<Anchors> load(const journal::Folder& folder, const journal::SealKey& key);

    // The one of this very row, published heads before seals.
    std::optional<Anchor> of(const journal::HeadMark& row) const;
    // Whether a head was published of a row that ends behind `after` and not behind `until`.
    bool published(std::uint64_t after, std::uint64_t until) const;

private:
    explicit Anchors(journal::SealKey key) : key_(std::move(key)) {}

    journal::SealKey key_;
    std::multimap<std::uint64_t, journal::HeadMark> seals_;  // By their position, as are the next.
    std::multimap<std::uint64_t, journal::SignedHead> heads_;  // Not checked yet.
};

}  // namespace lifeline::archive
