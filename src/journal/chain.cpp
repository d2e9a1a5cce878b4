#include "journal/chain.h"

#include <cstring>

#include "base/check.h"
#include "journal/encoding.h"

namespace lifeline::journal {

Digest inner_digest(Sha256& sha, const Salt& salt, std::string_view bytes) {
    return sha.of({view(salt), bytes});
}

Digest leaf_digest(Sha256& sha, std::string_view header, const Digest& inner) {
    return sha.of({std::string_view("\x00", 1), header, view(inner)});
}

Digest merkle_root(Sha256& sha, std::span<Digest> leaves) {
    CHECK(!leaves.empty());
    // Pairs from the left; the one that is left over rises as it is. That is RFC 6962's tree.
    while (leaves.size() > 1) {
        const std::size_t pairs = leaves.size() / 2;
        for (std::size_t i = 0; i < pairs; ++i) {
            std::array<char, 1 + 2 * sizeof(Digest)> node;
            node[0] = 1;
            std::memcpy(node.data() + 1, leaves.data() + 2 * i, 2 * sizeof(Digest));
            leaves[i] = sha.of({std::string_view(node.data(), node.size())});
        }
        if (leaves.size() % 2 != 0) leaves[pairs] = leaves.back();
        leaves = leaves.first((leaves.size() + 1) / 2);
    }
    return leaves.front();
}

Digest row_digest(Sha256& sha, const RowSeal& seal, const Digest& root) {
    std::string text = "lifeline-row-1";
    text += view(seal.epoch);
    text += view(seal.previous);
    put(text, seal.first_position);
    put(text, seal.count);
    put(text, static_cast<std::int64_t>(seal.time.wall.time_since_epoch().count()));
    put(text, static_cast<std::int64_t>(seal.time.steady.time_since_epoch().count()));
    put(text, seal.time.boot.high);
    put(text, seal.time.boot.low);
    text += view(root);
    return sha.of({text});
}

}  // namespace lifeline::journal
