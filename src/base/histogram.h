#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lifeline {

// How often values fell below each bound and above all the ones before it; the last count is of
// those above every bound.
struct Distribution {
    std::vector<double> upper;
    std::vector<std::uint64_t> counts;
    double sum = 0;
};

// Counted by one thread, read from any: a reader may see one value in the counts and not yet in the
// sum.
template <std::size_t N>
class Histogram {
public:
    explicit constexpr Histogram(const std::array<double, N>& upper) : upper_(upper) {}

    void add(double value) {
        std::size_t at = 0;
        while (at < N && value > upper_[at]) ++at;
        counts_[at].fetch_add(1, std::memory_order_relaxed);
        sum_.store(sum_.load(std::memory_order_relaxed) + value, std::memory_order_relaxed);
    }

    Distribution read() const {
        Distribution out{.upper = {upper_.begin(), upper_.end()}, .counts = {}};
        for (const auto& count : counts_)
            out.counts.push_back(count.load(std::memory_order_relaxed));
        out.sum = sum_.load(std::memory_order_relaxed);
        return out;
    }

private:
    const std::array<double, N> upper_;
    std::array<std::atomic<std::uint64_t>, N + 1> counts_{};
    std::atomic<double> sum_ = 0;
};

}  // namespace lifeline
