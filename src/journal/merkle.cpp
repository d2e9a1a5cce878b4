#include "journal/merkle.h"

#include <string_view>
#include <utility>

#include "base/check.h"

namespace lifeline::journal {

namespace {

Digest node_of(Sha256& sha, const Digest& left, const Digest& right) {
    return sha.of({std::string_view("\x01", 1), view(left), view(right)});
}

// The one that is left over at the right of a level has nobody beside it and rises as it is.
bool rises(std::uint64_t index, std::uint64_t count) {
    return index + 1 == count && count % 2 != 0;
}

}  // namespace

MerkleTree::MerkleTree(Sha256& sha, std::vector<Digest> leaves) {
    CHECK(!leaves.empty());
    levels_.push_back(std::move(leaves));
    while (levels_.back().size() > 1) {
        const auto& below = levels_.back();
        std::vector<Digest> level;
        for (std::size_t i = 0; i + 1 < below.size(); i += 2)
            level.push_back(node_of(sha, below[i], below[i + 1]));
        if (below.size() % 2 != 0) level.push_back(below.back());
        levels_.push_back(std::move(level));
    }
}

std::vector<Digest> MerkleTree::path(std::size_t index) const {
    CHECK(index < levels_.front().size());
    std::vector<Digest> path;
    for (const auto& level : levels_) {
        if (level.size() > 1 && !rises(index, level.size())) path.push_back(level[index ^ 1U]);
        index /= 2;
    }
    return path;
}

std::optional<Digest> root_by_path(Sha256& sha, Digest leaf, std::uint64_t index,
                                   std::uint64_t count, std::span<const Digest> path) {
    if (index >= count) return std::nullopt;
    for (; count > 1; index /= 2, count = (count + 1) / 2) {
        if (rises(index, count)) continue;
        if (path.empty()) return std::nullopt;
        leaf = index % 2 == 0 ? node_of(sha, leaf, path.front()) : node_of(sha, path.front(), leaf);
        path = path.subspan(1);
    }
    if (!path.empty()) return std::nullopt;
    return leaf;
}

}  // namespace lifeline::journal
