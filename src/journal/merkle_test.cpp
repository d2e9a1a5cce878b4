#include "journal/merkle.h"

#include <gtest/gtest.h>

#include <string>

#include "journal/chain.h"

namespace lifeline::journal {

namespace {

std::vector<Digest> some_leaves(std::size_t count) {
    std::vector<Digest> leaves;
    for (std::size_t i = 0; i < count; ++i) leaves.push_back(sha256(std::to_string(i)));
    return leaves;
}

}  // namespace

TEST(Merkle, EveryPathOfEveryTreeLeadsToItsRootAndFromNowhereElse) {
    Sha256 sha;
    for (std::size_t count = 1; count <= 70; ++count) {
        const auto leaves = some_leaves(count);
        auto workspace = leaves;
        const Digest root = merkle_root(sha, workspace);
        const MerkleTree tree(sha, leaves);
        EXPECT_EQ(tree.root(), root);
        for (std::size_t i = 0; i < count; ++i) {
            const auto path = tree.path(i);
            EXPECT_EQ(root_by_path(sha, leaves[i], i, count, path), root) << i << " of " << count;
            for (std::size_t other = 0; other < count; ++other)
                if (other != i)
                    EXPECT_NE(root_by_path(sha, leaves[i], other, count, path), root)
                        << i << " as " << other << " of " << count;
        }
    }
}

TEST(Merkle, APathOfAnotherLengthLeadsNowhere) {
    Sha256 sha;
    const auto leaves = some_leaves(7);
    const MerkleTree tree(sha, leaves);
    auto path = tree.path(2);
    ASSERT_EQ(path.size(), 3u);
    EXPECT_EQ(tree.path(6).size(), 2u);  // The last of seven rises once.
    path.push_back(leaves[0]);
    EXPECT_EQ(root_by_path(sha, leaves[2], 2, 7, path), std::nullopt);
    path.resize(2);
    EXPECT_EQ(root_by_path(sha, leaves[2], 2, 7, path), std::nullopt);
    EXPECT_EQ(root_by_path(sha, leaves[2], 7, 7, path), std::nullopt);
}

}  // namespace lifeline::journal
