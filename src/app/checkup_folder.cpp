#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "app/checkup.h"
#include "app/offline.h"
#include "net/tcp_listener.h"

namespace lifeline::app {

namespace {

constexpr std::uintmax_t mebibyte = 1024 * 1024;
// A busy server writes some hundred MiB an hour.
constexpr std::uintmax_t space_wanted = 2048 * mebibyte;
constexpr std::uintmax_t space_needed = 128 * mebibyte;
// Beyond the connections: the journal's files, the listeners, the loops.
constexpr std::size_t files_besides = 256;

std::string mebibytes(std::uintmax_t bytes) {
    return fmt::format("{} MiB free", bytes / mebibyte);
}

}  // namespace

void Checkup::data_folder() {
    const std::string name = "data folder";
    const std::string path = config_.data.string();
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) {
        if (errno != ENOENT)
            return note(name, Verdict::fail, fmt::format("{}: {}", path, std::strerror(errno)),
                        "let the user that runs the server read it");
        return note(name, Verdict::warn, path + " is not there yet",
                    "nothing: the first `lifeline serve` makes it; or name another with --data");
    }
    if (!S_ISDIR(status.st_mode))
        return note(name, Verdict::fail, path + " is no folder", "name a folder with --data");
    if (status.st_uid != ::geteuid())
        return note(
            name, Verdict::fail,
            fmt::format("{} belongs to user {}, this is user {}", path, status.st_uid, ::geteuid()),
            "run doctor and the server as the user that the folder belongs to");
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return note(name, Verdict::warn,
                    fmt::format("{} has mode {:04o}: others may look into it", path,
                                status.st_mode & 07777),
                    "chmod 0700 " + path);
    if (::access(path.c_str(), W_OK | X_OK) != 0)
        return note(name, Verdict::fail, path + " cannot be written", "chmod 0700 " + path);
    note(name, Verdict::ok, path);
}

void Checkup::free_space() {
    std::error_code failed;
    std::filesystem::path there = std::filesystem::absolute(config_.data, failed);
    while (!std::filesystem::exists(there, failed) && there.has_relative_path())
        there = there.parent_path();
    const auto space = std::filesystem::space(there, failed);
    if (failed)
        return note("free space", Verdict::warn, there.string() + ": " + failed.message(),
                    "look at the disk");
    if (space.available < space_needed)
        return note("free space", Verdict::fail, mebibytes(space.available),
                    "make room: a server on a full disk acknowledges nothing");
    note("free space", space.available < space_wanted ? Verdict::warn : Verdict::ok,
         mebibytes(space.available), space.available < space_wanted ? "make room in time" : "");
}

// As the next start would: only a folder that no server has is opened.
void Checkup::journal() {
    if (!journal_is_there(config_.data.string())) return note("journal", Verdict::ok, "none yet");
    auto opened = Offline::open(config_.data.string(), Offline::Missing::refuse);
    if (opened) return note("journal", Verdict::ok, "opens");
    in_use_ = opened.error().reason == "folder_in_use";
    if (in_use_) return note("journal", Verdict::ok, "in use by a running server");
    note("journal", Verdict::fail,
         fmt::format("{}: {}", opened.error().reason, opened.error().detail),
         "lifeline verify " + config_.data.string());
}

void Checkup::keys() {
    auto opened = identity::InstanceKeys::open(config_.data / "keys");
    if (opened) {
        note("instance keys", Verdict::ok, opened->key_id());
        keys_.emplace(std::move(*opened));
        return;
    }
    const bool first = !std::filesystem::exists(config_.data / "keys");
    note("instance keys", first ? Verdict::warn : Verdict::fail, opened.error().detail,
         first ? "nothing: the first `lifeline serve` makes them"
               : "put the folder keys back from a backup, or mend its rights");
}

void Checkup::file_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    const std::size_t wanted = config_.connections + files_besides;
    const std::string found = fmt::format("{} files may be open", limit.rlim_max);
    if (limit.rlim_max >= wanted) return note("file limit", Verdict::ok, found);
    note("file limit", Verdict::warn,
         fmt::format("{}, for limits.connections = {}", found, config_.connections),
         fmt::format("LimitNOFILE={} in the service's unit, or a smaller limits.connections",
                     wanted));
}

void Checkup::port() {
    AsioLoop loop;
    net::TcpListener listener(loop, [](net::FileDescriptor, net::Peer) {});
    const std::string where = fmt::format("{} port {}", config_.address, config_.port);
    const auto listening = listener.listen(config_.address, config_.port, 1);
    if (listening)
        return note(
            "port", in_use_ ? Verdict::warn : Verdict::ok, where + " is free",
            in_use_ ? "the running server listens elsewhere: is this its configuration?" : "");
    note(
        "port", in_use_ ? Verdict::ok : Verdict::fail,
        in_use_ ? where + " is taken, by the running server as it seems" : listening.error().detail,
        in_use_ ? "" : "stop what has the port, or set another with `listen`");
}

}  // namespace lifeline::app
