#include <poll.h>

#include <cstdio>
#include <memory>

#include "app/commands.h"
#include "app/stream_reading.h"
#include "base/clock.h"
#include "base/random.h"
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
