#include "journal/merkle.h"

#include <algorithm>
#include <string_view>

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

std::vector<Digest> audit_path(Sha256& sha, std::vector<Digest> leaves, std::size_t index) {
    CHECK(index < leaves.size());
    std::vector<Digest> path;
    for (; leaves.size() > 1; index /= 2) {
        if (!rises(index, leaves.size())) path.push_back(leaves[index ^ 1U]);
        const std::size_t pairs = leaves.size() / 2;
        for (std::size_t i = 0; i < pairs; ++i)
            leaves[i] = node_of(sha, leaves[2 * i], leaves[2 * i + 1]);
        if (leaves.size() % 2 != 0) leaves[pairs] = leaves.back();
        leaves.resize((leaves.size() + 1) / 2);
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
