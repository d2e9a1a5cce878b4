#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/random.h"

// Hashes that are fast and nothing more: against flipped bits and for tables, never against an
// attacker who chose the bytes. The chain (chain.h) is what proves.
namespace lifeline::journal {

// XXH3 of 64 bits: seven times CRC32C's speed in software, and in Debian.
std::uint64_t checksum(std::string_view bytes, std::uint64_t seed);

// A hash under a secret of the folder's own, so that nobody outside can choose eventIds that meet
// in one slot of a table.
class KeyedHash {
public:
    static constexpr std::size_t secret_bytes = 192;
    using Secret = std::array<std::uint8_t, secret_bytes>;

    explicit KeyedHash(const Secret& secret) : secret_(secret) {}
    std::uint64_t operator()(std::string_view text) const;

private:
    Secret secret_;
};

}  // namespace lifeline::journal
