#include "journal/checksum.h"

// The library's warnings are not ours.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Weverything"
#define XXH_INLINE_ALL
#include <xxhash.h>
#pragma clang diagnostic pop

namespace lifeline::journal {

std::uint64_t checksum(std::string_view bytes, std::uint64_t seed) {
    return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

std::uint64_t KeyedHash::operator()(std::string_view text) const {
    return XXH3_64bits_withSecret(text.data(), text.size(), secret_.data(), secret_.size());
}

}  // namespace lifeline::journal
