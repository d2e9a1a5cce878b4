#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/clock.h"
#include "base/digest.h"

// What makes history provable. Every record is a leaf, the leaves of one row (one group commit)
// form a Merkle tree as in RFC 6962, and the rows form a chain:
//
//   inner = SHA-256(salt, bytes)                      what remains of an erased record
//   leaf  = SHA-256(0x00, header, inner)
//   node  = SHA-256(0x01, left, right)
//   row   = SHA-256("lifeline-row-1", epoch, previous row, first position, count, times, root)
//
// So a record can be erased without breaking the chain (its inner digest stays; the salt, gone too,
// keeps short texts from being guessed), and one call can be proved without showing another.
namespace lifeline::journal {

using Salt = std::array<std::uint8_t, 16>;
using EpochId = std::array<std::uint8_t, 16>;

// When a row was written. Steady times compare only within one boot.
struct RowTime {
    WallTime wall;
    SteadyTime steady;
    BootId boot;

    friend bool operator==(const RowTime&, const RowTime&) = default;
};

// What a row's hash covers beside the records.
struct RowSeal {
    EpochId epoch;
    Digest previous;
    std::uint64_t first_position = 0;
    std::uint64_t count = 0;
    RowTime time;
};

Digest inner_digest(Sha256& sha, const Salt& salt, std::string_view bytes);
Digest leaf_digest(Sha256& sha, std::string_view header, const Digest& inner);
// Uses `leaves` as its workspace; there is at least one.
Digest merkle_root(Sha256& sha, std::span<Digest> leaves);
Digest row_digest(Sha256& sha, const RowSeal& seal, const Digest& root);

}  // namespace lifeline::journal
