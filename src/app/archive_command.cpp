#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "app/commands.h"
#include "app/folder_command.h"
#include "app/offline.h"
#include "archive/writer.h"
#include "base/clock.h"
#include "contract/stream.h"
#include "journal/verify.h"

namespace lifeline::app {

namespace {

struct Options {
    FolderOptions where;
    std::string session;
    std::string file;
};

std::unexpected<Error> not_written(const std::string& path) {
    return fail(Code::unavailable, "storage_failed", path + ": " + std::strerror(errno));
}

// Where the archive goes: under another name until it is whole, so that nobody takes half of it for
// all.
class Output {
public:
    static Result<Output> open(const std::string& path) {
        Output out(path);
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
    Output(Output&& other) noexcept
        : path_(std::move(other.path_)), file_(std::exchange(other.file_, nullptr)) {}
    ~Output() {
        if (file_ == nullptr || path_.empty()) return;
        std::fclose(file_);
        ::unlink(unfinished().c_str());
    }

    Status write(const std::string& bytes) {
        if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size())
            return not_written(path_.empty() ? "standard output" : unfinished());
        return {};
    }
    Status finish() {
        if (std::fflush(file_) != 0) return not_written(path_.empty() ? "standard output" : path_);
        if (path_.empty()) return {};
        if (::fsync(::fileno(file_)) != 0 || ::rename(unfinished().c_str(), path_.c_str()) != 0)
            return not_written(path_);
        std::fclose(std::exchange(file_, nullptr));
        return {};
    }

private:
    explicit Output(std::string path) : path_(std::move(path)) {}
    std::string unfinished() const { return path_ + ".unfinished"; }

    std::string path_;
    std::FILE* file_ = nullptr;
};

// The journal is read through once to find the call, so a long one takes a while.
Result<archive::Request> find(const Options& options) {
    if (const auto there = journal_is_there(options.where.data); !there) return fail(there.error());
    if (contract::stream_kind(options.session) != contract::StreamKind::call)
        return fail(Code::not_found, "stream_not_found", options.session + " is no call");
    archive::Request request{.session_id = options.session, .positions = {}, .now = {}};
    const auto read = journal::for_each_event(
        {options.where.data}, 0, [&](const journal::JournalEvent& found) -> Result<bool> {
            if (found.stream == options.session) request.positions.push_back(found.event.position);
            return true;
        });
    if (!read) return fail(read.error());
    SystemClock clock;
    request.now = clock.wall();
    return request;
}

Result<std::size_t> write(const Options& options) {
    auto request = find(options);
    if (!request) return fail(request.error());
    const std::size_t records = request->positions.size();
    auto writer = archive::Writer::open({options.where.data}, std::move(*request));
    if (!writer) return fail(writer.error());
    auto out = Output::open(options.file);
    if (!out) return fail(out.error());
    for (bool more = true; more;) {
        std::string lines;
        const auto next = (*writer)->next(lines);
        if (!next) return fail(next.error());
        if (const auto written = out->write(lines); !written) return fail(written.error());
        more = *next;
    }
    if (const auto finished = out->finish(); !finished) return fail(finished.error());
    return records;
}

int run(const Options& options) {
    const auto records = write(options);
    if (!records) return report(records.error());
    if (options.file.empty()) return 0;  // Standard output is the archive.
    Listing about({{"SESSION", "sessionId"}, {"EVENTS", "events"}, {"FILE", "file"}});
    about.row({options.session, std::to_string(*records), options.file});
    return done(options.where.json,
                options.session + " with its " + std::to_string(*records) + " events is in " +
                    options.file + "; lifeline verify " + options.file + " checks it",
                about);
}

}  // namespace

void add_archive(Command app) {
    auto options = std::make_shared<Options>();
    auto made = add_folder_command(
        app, "archive",
        "Write one call, with the proof of each event, as a file (server running or not)",
        options->where, [options] { return run(*options); });
    made.option("SESSION", options->session, "The call").required();
    made.option("-o,--output", options->file, "Into this file; standard output without it");
}

}  // namespace lifeline::app
