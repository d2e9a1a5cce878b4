#include "sinks/jsonl_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "contract/json.h"

namespace lifeline::sinks {

namespace {

std::unexpected<Error> no_file(const std::string& path, std::string_view why) {
    return fail(Code::unavailable, "storage_unavailable", fmt::format("{}: {}", path, why));
}

std::unexpected<Error> failed(const std::string& path) {
    return no_file(path, std::generic_category().message(errno));
}

// A new name is durable once its folder is.
void sync_folder(const std::string& path) {
    const auto parent = std::filesystem::path(path).parent_path();
    const int folder =
        ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return;
    ::fsync(folder);
    ::close(folder);
}

}  // namespace

class JsonlFile::Descriptor {
public:
    explicit Descriptor(const std::string& path)
        : number_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number() const { return number_; }

private:
    int number_;
};

std::string_view JsonlFile::word(Outcome outcome) {
    constexpr std::array<std::string_view, 3> words = {"added", "present", "other"};
    return words.at(static_cast<std::size_t>(outcome));
}

Result<std::vector<JsonlFile::Outcome>> JsonlFile::append(std::span<const std::string_view> lines) {
    const Descriptor file(path_);
    struct stat now{};
    if (file.number() < 0 || ::fstat(file.number(), &now) != 0) return failed(path_);
    if (!S_ISREG(now.st_mode)) return no_file(path_, "is no file");
    if (::flock(file.number(), LOCK_EX | LOCK_NB) != 0)
        return no_file(path_, "another process writes it");
    const bool known = now.st_dev == device_ && now.st_ino == inode_ &&
                       static_cast<std::uint64_t>(now.st_size) == size_ && size_ > 0;
    if (!known) {
        device_ = now.st_dev;
        inode_ = now.st_ino;
        if (const auto done = read(file); !done) {
            inode_ = 0;
            return fail(done.error());
        }
    }
    std::vector<Outcome> outcomes;
    std::string added;
    std::set<std::string> batch;
    const std::uint64_t end = size_;
    for (const std::string_view line : lines) {
        const auto json = contract::Json::parse(line);
        const auto id = json ? json->text("id") : std::nullopt;
        if (!id) return no_file(path_, "a line without an id was to be added");
        if (const auto place = places_.find(std::string(*id)); place != places_.end()) {
            const auto outcome = compare(file, place->second, line);
            if (!outcome) return fail(outcome.error());
            outcomes.push_back(*outcome);
            continue;
        }
        if (!batch.insert(std::string(*id)).second)
            return no_file(path_, "one id twice in a batch");
        added.append(line).append("\n");
        outcomes.push_back(Outcome::added);
    }
    if (added.empty()) return outcomes;
    if (const auto written = write(file, added); !written) {
        inode_ = 0;  // Whatever is there now is read before anything is said of it.
        return fail(written.error());
    }
    if (end == 0) sync_folder(path_);
    for (std::size_t at = 0; at < added.size();) {
        const std::size_t feed = added.find('\n', at);
        if (const auto done = index(std::string_view(added).substr(at, feed - at), end + at); !done)
            return fail(done.error());
        at = feed + 1;
    }
    size_ = end + added.size();
    return outcomes;
}

Status JsonlFile::read(const Descriptor& file) {
    places_.clear();
    lines_ = 0;
    size_ = 0;
    std::string rest;
    std::array<char, 1 << 16> piece{};
    std::uint64_t at = 0;
    for (;;) {
        const ssize_t got =
            ::pread(file.number(), piece.data(), piece.size(), static_cast<off_t>(at));
        if (got < 0) return failed(path_);
        if (got == 0) break;
        at += static_cast<std::uint64_t>(got);
        rest.append(piece.data(), static_cast<std::size_t>(got));
        std::size_t begin = 0;
        for (std::size_t feed = rest.find('\n'); feed != std::string::npos;
             feed = rest.find('\n', begin)) {
            const auto line = std::string_view(rest).substr(begin, feed - begin);
            if (const auto done = index(line, size_); !done) return done;
            size_ += line.size() + 1;
            begin = feed + 1;
        }
        rest.erase(0, begin);
    }
    if (rest.empty()) return {};
    if (::ftruncate(file.number(), static_cast<off_t>(size_)) != 0 || ::fsync(file.number()) != 0)
        return failed(path_);
    return {};
}

Status JsonlFile::index(std::string_view line, std::uint64_t offset) {
    ++lines_;
    const auto json = contract::Json::parse(line);
    const auto id = json ? json->text("id") : std::nullopt;
    if (!id) return no_file(path_, fmt::format("line {} is not one of ours", lines_));
    places_.emplace(std::string(*id), Place{offset, line.size()});
    return {};
}

Result<JsonlFile::Outcome> JsonlFile::compare(const Descriptor& file, const Place& place,
                                              std::string_view line) const {
    std::string there(place.bytes, '\0');
    const ssize_t got =
        ::pread(file.number(), there.data(), there.size(), static_cast<off_t>(place.offset));
    if (got != static_cast<ssize_t>(there.size())) return failed(path_);
    return there == line ? Outcome::present : Outcome::other;
}

Status JsonlFile::write(const Descriptor& file, std::string_view bytes) {
    std::uint64_t at = size_;
    while (!bytes.empty()) {
        const ssize_t put =
            ::pwrite(file.number(), bytes.data(), bytes.size(), static_cast<off_t>(at));
        if (put <= 0) return failed(path_);
        at += static_cast<std::uint64_t>(put);
        bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return ::fsync(file.number()) == 0 ? Status() : Status(failed(path_));
}

}  // namespace lifeline::sinks
