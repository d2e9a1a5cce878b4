#include "load/process.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

#include "load/fatal.h"

namespace lifeline::load {

namespace {

double seconds(std::uint64_t ticks) {
    return static_cast<double>(ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::string file(const std::string& path) {
    std::ifstream stream(path);
    if (!stream) fatal("{} cannot be read: is the server gone?", path);
    return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

Usage usage_of(const std::vector<int>& processes) {
    Usage usage;
    for (const int process : processes) {
        const std::string stat = file(fmt::format("/proc/{}/stat", process));
        // The name in parentheses may hold anything; fields are counted from behind it, from 3 on.
        std::istringstream fields(stat.substr(stat.rfind(')') + 1));
        std::string skipped;
        for (int field = 3; field < 14; ++field) fields >> skipped;
        std::uint64_t user = 0, system = 0, child_user = 0, child_system = 0;
        fields >> user >> system >> child_user >> child_system;
        usage.cpu_seconds += seconds(user + system + child_user + child_system);
        std::istringstream memory(file(fmt::format("/proc/{}/statm", process)));
        std::uint64_t size = 0, resident = 0;
        memory >> size >> resident;
        usage.rss_bytes += resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    }
    return usage;
}

double machine_busy_seconds() {
    std::istringstream fields(file("/proc/stat"));
    std::string name;
    std::uint64_t user = 0, nice = 0, system = 0, idle = 0, waiting = 0, irq = 0, soft = 0;
    fields >> name >> user >> nice >> system >> idle >> waiting >> irq >> soft;
    return seconds(user + nice + system + irq + soft);
}

double own_cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto value = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return value(usage.ru_utime) + value(usage.ru_stime);
}

}  // namespace lifeline::load
