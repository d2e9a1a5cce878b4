#include "app/report_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

namespace lifeline::app {

namespace {

std::unexpected<Error> no_room(const std::filesystem::path& path) {
    return fail(Code::unavailable, "storage_unavailable",
                fmt::format("{}: {}", path.string(), std::strerror(errno)));
}

bool write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return ::fsync(descriptor) == 0;
}

Status write_file(const std::filesystem::path& folder, const std::string& name,
                  std::string_view bytes) {
    if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) return no_room(folder);
    const std::filesystem::path path = folder / name;
    const std::filesystem::path beside = path.string() + ".new";
    const int descriptor = ::open(
        beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor < 0) return no_room(beside);
    const bool whole = write_all(descriptor, bytes);
    ::close(descriptor);
    if (!whole || ::rename(beside.c_str(), path.c_str()) != 0) return no_room(path);
    return {};
}

Result<std::string> read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(Code::not_found, "reconciliation_not_found", path.string());
    return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

void ReportFiles::write(std::string run_id, std::string bytes, journal::Done<void> done) {
    worker_.submit([&home = home_, folder = folder_, run_id = std::move(run_id),
                    bytes = std::move(bytes), done = std::move(done)]() mutable {
        home.post([written = write_file(folder, run_id + ".json", bytes),
                   done = std::move(done)]() mutable { done(std::move(written)); });
    });
}

// The id is one that the journal has, and no path of somebody's.
void ReportFiles::read(std::string run_id, journal::Done<std::string> done) {
    worker_.submit(
        [&home = home_, path = folder_ / (run_id + ".json"), done = std::move(done)]() mutable {
            home.post([read = read_file(path), done = std::move(done)]() mutable {
                done(std::move(read));
            });
        });
}

}  // namespace lifeline::app
