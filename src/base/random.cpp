#include "base/random.h"

#include <sys/random.h>

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace lifeline {

std::uint64_t Random::next() {
    std::uint64_t value = 0;
    std::array<std::uint8_t, sizeof value> raw;
    fill(raw);
    std::memcpy(&value, raw.data(), sizeof value);
    return value;
}

std::uint64_t Random::below(std::uint64_t bound) {
    if (bound == 0) return 0;
    // Rejects the last, incomplete stretch, so that every value is equally likely.
    const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    for (;;) {
        const std::uint64_t value = next();
        if (value < limit) return value % bound;
    }
}

void SystemRandom::fill(std::span<std::uint8_t> bytes) {
    while (!bytes.empty()) {
        if (used_ == buffer_.size()) {
            // Whole pages of at most 4 KiB are never short; anything else is a broken kernel.
            CHECK(getrandom(buffer_.data(), buffer_.size(), 0) ==
                  static_cast<ssize_t>(buffer_.size()));
            used_ = 0;
        }
        const std::size_t take = std::min(bytes.size(), buffer_.size() - used_);
        std::memcpy(bytes.data(), buffer_.data() + used_, take);
        std::memset(buffer_.data() + used_, 0, take);  // Given out once, kept nowhere.
        used_ += take;
        bytes = bytes.subspan(take);
    }
}

void SeededRandom::fill(std::span<std::uint8_t> bytes) {
    while (!bytes.empty()) {
        const std::uint64_t word = engine_();
        const std::size_t take = std::min(bytes.size(), sizeof word);
        std::memcpy(bytes.data(), &word, take);
        bytes = bytes.subspan(take);
    }
}

}  // namespace lifeline
