#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/digest.h"

// How one leaf of a row's tree is proved without the others (RFC 6962, 2.1.1): the nodes beside its
// way to the root, from the leaf upwards.
namespace lifeline::journal {

class MerkleTree {
public:
    // There is at least one leaf.
    MerkleTree(Sha256& sha, std::vector<Digest> leaves);

    const Digest& root() const { return levels_.back().front(); }
    // `index` is below the number of leaves.
    std::vector<Digest> path(std::size_t index) const;

private:
    std::vector<std::vector<Digest>> levels_;  // From the leaves to the root.
};

// The root that such a path leads to; nothing where it has too few or too many nodes.
std::optional<Digest> root_by_path(Sha256& sha, Digest leaf, std::uint64_t index,
                                   std::uint64_t count, std::span<const Digest> path);

}  // namespace lifeline::journal
