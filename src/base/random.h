#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>

namespace lifeline {

// Chance is handed in, like time.
class Random {
public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::uint8_t> bytes) = 0;

    template <std::size_t N>
    std::array<std::uint8_t, N> bytes() {
        std::array<std::uint8_t, N> out;
        fill(out);
        return out;
    }
    std::uint64_t next();
    // Uniform in [0, bound); 0 for a bound of 0.
    std::uint64_t below(std::uint64_t bound);
};

// The kernel's generator, through a small buffer: one system call in about 250 salts.
// One per thread; not shared.
class SystemRandom final : public Random {
public:
    void fill(std::span<std::uint8_t> bytes) override;

private:
    std::array<std::uint8_t, 4096> buffer_;
    std::size_t used_ = sizeof(buffer_);
};

// Repeats itself from a seed: for tests and the simulation only.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
    void fill(std::span<std::uint8_t> bytes) override;

private:
    std::mt19937_64 engine_;
};

}  // namespace lifeline
