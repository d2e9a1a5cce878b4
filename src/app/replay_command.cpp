#include <poll.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "app/commands.h"
#include "app/replay.h"
#include "app/stream_reading.h"
#include "contract/event.h"

namespace lifeline::app {

namespace {

struct Options {
    std::string folder = "data";
    std::string stream;
    std::uint64_t after = 0;
    std::string speed = "max";
    std::string until;
    std::string only;
    bool json = false;
};

struct Wanted {
    Pace pace;
    Until until;
    OnlyTypes only;
};

Result<Wanted> read(const Options& options) {
    const auto pace = Pace::read(options.speed);
    if (!pace) return fail(pace.error());
    const auto until = Until::read(options.until);
    if (!until) return fail(until.error());
    const auto only = OnlyTypes::read(options.only);
    if (!only) return fail(only.error());
    return Wanted{*pace, *until, *only};
}

bool is_wanted(const journal::StoredEvent& event, const OnlyTypes& only,
               contract::EventChecker& checker) {
    if (only.all()) return true;
    if (event.erased) return false;
    const auto read = checker.read_stored(event.bytes);
    return read && only.has(read->type_name());
}

// Slept through in parts: poll() takes no more than an int.
void wait(Micros time) {
    constexpr Millis most = std::chrono::hours(1);
    for (auto left = std::chrono::ceil<Millis>(time); left > Millis{0}; left -= most)
        ::poll(nullptr, 0, static_cast<int>(std::min(left, most).count()));
}

// The stream is read whole first: nothing may be held open in the folder while time passes.
int replay(const Options& options) {
    auto wanted = read(options);
    if (!wanted) {
        report(wanted.error());
        return 2;
    }
    contract::EventChecker checker;
    std::vector<journal::StoredEvent> events;
    const auto found = read_whole_stream(
        options.folder, options.stream, [&](const journal::StoredEvent& event) -> Result<bool> {
            if (wanted->until.reached(event.seq, event.recorded_at)) return false;
            if (event.seq > options.after && is_wanted(event, wanted->only, checker))
                events.push_back(event);
            return true;
        });
    if (!found) return report(found.error());
    const SystemClock clock;
    for (const journal::StoredEvent& event : events) {
        if (const auto time = wanted->pace.wait(event.recorded_at, clock.steady());
            time > Micros{0}) {
            std::fflush(stdout);
            wait(time);
        }
        std::printf("%s\n", event_text(event, options.json ? Output::json : Output::line).c_str());
    }
    return 0;
}

}  // namespace

void add_replay(Command app) {
    auto options = std::make_shared<Options>();
    auto made = app.command(
        "replay",
        "Print a stream's events from the folder, and do nothing (server running or not)");
    made.option("STREAM", options->stream, "sess_..., sys_instance, ...").required();
    made.option("--data", options->folder, "The data folder").shown();
    made.option("--after", options->after, "Only events after this seq");
    made.option("--until", options->until, "The last seq, or the last moment (RFC 3339)");
    made.option("--only", options->only, "Only these types: call.ended,transcript.*");
    made.option("--speed", options->speed, "1: as fast as it happened, 2: twice that; or max")
        .shown();
    made.flag("--json", options->json, "NDJSON, as REST gives it");
    made.runs([options] { return replay(*options); });
}

}  // namespace lifeline::app
