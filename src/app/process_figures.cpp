#include "app/process_figures.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

namespace lifeline::app {

namespace {

// The second number of statm: resident pages.
std::optional<double> resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::uint64_t all = 0;
    std::uint64_t resident = 0;
    if (!(file >> all >> resident)) return std::nullopt;
    return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

std::optional<double> open_files() {
    std::error_code failed;
    std::filesystem::directory_iterator folder("/proc/self/fd", failed);
    if (failed) return std::nullopt;
    // Not the one with which they are counted.
    return static_cast<double>(std::distance(begin(folder), end(folder)) - 1);
}

}  // namespace

Samples process_samples() {
    Samples out;
    const auto add = [&](std::string_view name, std::optional<double> value) {
        if (value) out.push_back({.name = name, .value = *value});
    };
    add("lifeline_process_resident_memory_bytes", resident_bytes());
    add("lifeline_process_open_fds", open_files());
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0)
        add("lifeline_process_max_fds", static_cast<double>(limit.rlim_cur));
    return out;
}

}  // namespace lifeline::app
