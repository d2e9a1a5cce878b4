#include "app/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace lifeline::app {

namespace {

std::unexpected<Error> not_written(const std::string& path) {
    return fail(Code::unavailable, "storage_failed", path + ": " + std::strerror(errno));
}

}  // namespace

Result<OutputFile> OutputFile::open(const std::string& path) {
    OutputFile out(path);
    if (path.empty()) {
        out.file_ = stdout;
        return out;
    }
    const int made =
        ::open(out.unfinished().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    out.file_ = made < 0 ? nullptr : ::fdopen(made, "w");
    if (out.file_ == nullptr) return not_written(out.unfinished());
    return out;
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)), file_(std::exchange(other.file_, nullptr)) {}

OutputFile::~OutputFile() {
    if (file_ == nullptr || path_.empty()) return;
    std::fclose(file_);
    ::unlink(unfinished().c_str());
}

Status OutputFile::write(std::string_view bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size())
        return not_written(path_.empty() ? "standard output" : unfinished());
    return {};
}

Status OutputFile::finish() {
    if (std::fflush(file_) != 0) return not_written(path_.empty() ? "standard output" : path_);
    if (path_.empty()) return {};
    if (::fsync(::fileno(file_)) != 0 || ::rename(unfinished().c_str(), path_.c_str()) != 0)
        return not_written(path_);
    std::fclose(std::exchange(file_, nullptr));
    return {};
}

}  // namespace lifeline::app
