#include <memory>
#include <string>
#include <utility>

#include "app/commands.h"
#include "app/folder_command.h"
#include "app/offline.h"
#include "app/output_file.h"
#include "archive/writer.h"
#include "base/clock.h"
#include "contract/canonical.h"
#include "contract/json.h"
#include "contract/stream.h"
#include "journal/verify.h"
#include "metering/key_history.h"

namespace lifeline::app {

namespace {

struct Options {
    FolderOptions where;
    std::string session;
    std::string file;
};

void add_key(archive::Request& request, const journal::StoredEvent& event) {
    const auto json = contract::Json::parse(event.bytes);
    const auto payload = json ? json->find("payload") : std::nullopt;
    if (payload) request.keys.push_back({event.position, contract::canonical_json(*payload)});
}

// The journal is read through once to find the call, so a long one takes a while.
Result<archive::Request> find(const Options& options) {
    if (const auto there = journal_is_there(options.where.data); !there) return fail(there.error());
    if (contract::stream_kind(options.session) != contract::StreamKind::call)
        return fail(Code::not_found, "stream_not_found", options.session + " is no call");
    archive::Request request{.session_id = options.session, .positions = {}, .now = {}, .keys = {}};
    const auto read = journal::for_each_event(
        {options.where.data}, 0, [&](const journal::JournalEvent& found) -> Result<bool> {
            if (found.stream == options.session) request.positions.push_back(found.event.position);
            if (found.stream == metering::keys_stream) add_key(request, found.event);
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
    auto out = OutputFile::open(options.file);
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
