#include "app/boot_number.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <string>

namespace lifeline::app {

namespace {

// Ten digits, which is what a generation is written with. More is no number of ours.
constexpr std::uint64_t boot_number_most = 9'000'000'000;

}  // namespace

Result<std::uint64_t> next_boot_number(const std::filesystem::path& folder, WallTime now) {
    const auto path = folder / "boot";
    std::uint64_t last = 0;
    if (!(std::ifstream(path) >> last) || last > boot_number_most) last = 0;
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
    const std::uint64_t number =
        std::max(last + 1, static_cast<std::uint64_t>(std::max<decltype(seconds)>(seconds, 0)));
    const std::string text = std::to_string(number) + "\n";
    // Beside the old one and then in its place: a crash leaves one of the two.
    const auto fresh = folder / "boot.new";
    const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const bool written =
        file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
        ::fsync(file) == 0;
    if (file >= 0) ::close(file);
    if (!written || ::rename(fresh.c_str(), path.c_str()) != 0)
        return fail(Code::unavailable, "storage_unavailable",
                    path.string() + " cannot be written: is the disk full, or not ours?");
    return number;
}

}  // namespace lifeline::app
