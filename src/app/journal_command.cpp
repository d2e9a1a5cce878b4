#include <poll.h>

#include <cstdio>
#include <memory>

#include "app/commands.h"
#include "app/stream_reading.h"
#include "base/clock.h"
#include "base/random.h"
#include "contract/json_writer.h"
#include "journal/maintenance.h"
#include "journal/verify.h"

namespace lifeline::app {

namespace {

struct Options {
    std::string folder = "data";
    std::string other;
    std::string stream;
    std::uint64_t after = 0;
    bool json = false;
};

std::string report_json(const journal::VerifyReport& found) {
    contract::JsonWriter json;
    json.object();
    json.key("ok").value(found.ok());
    json.key("epoch").value(found.epoch);
    json.key("rows").value(found.rows);
    json.key("events").value(found.events);
    json.key("erased").value(found.erased);
    json.key("streams").value(found.streams);
    json.key("head").value(found.head);
    json.key("marked").value(found.marked);
    json.key("problems").array();
    for (const Error& problem : found.problems) {
        json.object().key("code").value(problem.reason);
        json.key("detail").value(problem.detail).end();
    }
    json.end();
    json.end();
    return json.take();
}

int verify(const Options& options) {
    const auto found = journal::verify({options.folder});
    if (!found) return report(found.error());
    if (options.json) {
        std::printf("%s\n", report_json(*found).c_str());
    } else {
        std::printf(
            "epoch    %s\nevents   %llu in %llu streams (%llu erased), %llu rows\n"
            "head     %llu (the mark vouches for %llu)\n",
            found->epoch.c_str(), static_cast<unsigned long long>(found->events),
            static_cast<unsigned long long>(found->streams),
            static_cast<unsigned long long>(found->erased),
            static_cast<unsigned long long>(found->rows),
            static_cast<unsigned long long>(found->head),
            static_cast<unsigned long long>(found->marked));
        if (found->ok()) std::printf("verified every record and the whole chain\n");
    }
    for (const Error& problem : found->problems) report(problem);
    return found->ok() ? 0 : 1;
}

int backup(const Options& options) {
    const auto done = journal::backup({options.folder}, {options.other});
    if (!done) return report(done.error());
    std::printf(
        "copied %llu events, epoch %s, to %s\n"
        "The copy holds the folder's key: keep it like a secret. keys/ is not part of it.\n",
        static_cast<unsigned long long>(done->events), done->epoch.c_str(), options.other.c_str());
    return 0;
}

int say_new_epoch(const Result<journal::NewEpochReport>& done) {
    if (!done) return report(done.error());
    std::printf("epoch %s (was %s): %llu events, %llu lost\n", done->new_epoch.c_str(),
                done->old_epoch.empty() ? "none" : done->old_epoch.c_str(),
                static_cast<unsigned long long>(done->events),
                static_cast<unsigned long long>(done->events_lost));
    if (!done->replaced.empty())
        std::printf("what was there before is in %s\n", done->replaced.c_str());
    return 0;
}

int restore(const Options& options) {
    SystemClock clock;
    SystemRandom random;
    return say_new_epoch(journal::restore({options.other}, {options.folder}, clock, random));
}

int accept_loss(const Options& options) {
    SystemClock clock;
    SystemRandom random;
    return say_new_epoch(journal::accept_loss({options.folder}, clock, random));
}

// The stream so far, and then what comes, until it is interrupted.
int tail(const Options& options) {
    const Output output = options.json ? Output::json : Output::line;
    const auto print = [&](const journal::StoredEvent& event) -> Result<bool> {
        if (event.seq > options.after) std::printf("%s\n", event_text(event, output).c_str());
        return true;
    };
    for (std::uint64_t position = 0;; ::poll(nullptr, 0, 200)) {
        const auto read = read_stream(options.folder, options.stream, position, print);
        if (!read) return report(read.error());
        std::fflush(stdout);
    }
}

}  // namespace

void add_journal(Command app) {
    const auto command = [](Command made, const std::shared_ptr<Options>& options,
                            int (*run)(const Options&)) {
        made.runs([options, run] { return run(*options); });
    };
    {
        auto options = std::make_shared<Options>();
        auto made = app.command(
            "verify", "Check a data folder, whole: names every bad record (server running or not)");
        made.option("DIR", options->folder, "The data folder").required();
        made.flag("--json", options->json, "One JSON object");
        command(made, options, &verify);
    }
    {
        auto options = std::make_shared<Options>();
        auto made = app.command(
            "backup", "Copy the journal to another folder, checked (server running or not)");
        made.option("DIR", options->folder, "The data folder").required();
        made.option("TARGET", options->other, "An empty or new folder").required();
        command(made, options, &backup);
    }
    {
        auto options = std::make_shared<Options>();
        auto made = app.command("restore",
                                "Put a backup into a data folder, in a new epoch (server stopped)");
        made.option("BACKUP", options->other, "The backup's folder").required();
        made.option("DIR", options->folder, "The data folder").required();
        command(made, options, &restore);
    }
    auto journal = app.family("journal", "What an operator does to a journal");
    {
        auto options = std::make_shared<Options>();
        auto made = journal.command(
            "accept-loss",
            "Go on without what is missing or damaged, in a new epoch (server stopped)");
        made.option("DIR", options->folder, "The data folder").required();
        command(made, options, &accept_loss);
    }
    {
        auto options = std::make_shared<Options>();
        auto made = app.command(
            "tail", "Print a stream's events and then what comes (server running or not)");
        made.option("STREAM", options->stream, "sess_..., sys_instance, ...").required();
        made.option("--data", options->folder, "The data folder").shown();
        made.option("--after", options->after, "Only events after this seq");
        made.flag("--json", options->json, "NDJSON, as REST gives it");
        command(made, options, &tail);
    }
}

}  // namespace lifeline::app
