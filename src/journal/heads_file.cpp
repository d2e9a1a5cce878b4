#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>

#include "journal/heads.h"

namespace lifeline::journal {

namespace {

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number() const { return number_; }

private:
    int number_;
};

std::unexpected<Error> from_system(const std::string& path) {
    return fail(Code::unavailable, "storage_failed", path + ": " + std::strerror(errno));
}

// Whether what was written last, perhaps by a process that died over it, has its end.
bool ends_a_line(int file, off_t size) {
    char last = '\n';
    return size == 0 || (::pread(file, &last, 1, size - 1) == 1 && last == '\n');
}

// The beginning of a line whose writer died over it.
bool is_torn(std::string_view line) {
    constexpr std::string_view begin = "{\"epoch\":\"";
    return !line.ends_with('}') && line.substr(0, begin.size()) == begin.substr(0, line.size());
}

}  // namespace

std::string heads_path(const Folder& folder) {
    return folder.path + "/journal.heads";
}

Result<std::vector<SignedHead>> load_heads(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in)
        return fail(Code::unavailable, "storage_failed", path + " is not there or cannot be read");
    std::vector<SignedHead> heads;
    std::string line;
    for (std::uint64_t number = 1; std::getline(in, line); ++number) {
        if (in.eof()) break;
        if (is_torn(line)) continue;
        const auto head = read_head_line(line);
        if (!head)
            return fail(
                Code::malformed, "archive_invalid",
                fmt::format("line {} of {} is no head that a journal published", number, path));
        heads.push_back(*head);
    }
    return heads;
}

Status append_head(const std::string& path, std::string_view line) {
    const Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC,
                                 S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH));
    struct stat about{};
    if (file.number() < 0 || ::fstat(file.number(), &about) != 0) return from_system(path);
    std::string text = ends_a_line(file.number(), about.st_size) ? "" : "\n";
    text += line;
    text += '\n';
    // In one piece, so that two who write never mix.
    if (::write(file.number(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
        ::fdatasync(file.number()) != 0)
        return from_system(path);
    return {};
}

}  // namespace lifeline::journal
