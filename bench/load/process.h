#pragma once

#include <cstdint>
#include <vector>

namespace lifeline::load {

// What /proc says of processes.
struct Usage {
    double cpu_seconds = 0;  // User and system, with children that have been waited for.
    std::uint64_t rss_bytes = 0;
};
Usage usage_of(const std::vector<int>& processes);

// Seconds for which the machine's cores were not idle, and this program's own.
double machine_busy_seconds();
double own_cpu_seconds();

}  // namespace lifeline::load
