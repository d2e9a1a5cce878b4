#include "load/storm.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "load/arrival.h"
#include "load/crowd.h"
#include "load/process.h"
#include "load/shapes.h"

namespace lifeline::load {

namespace {

using Millis = std::chrono::milliseconds;

double milliseconds(Clock::duration span) {
    return std::chrono::duration<double, std::milli>(span).count();
}

}  // namespace

void run_storm(const Options& options) {
    const std::uint32_t calls = options.calls == 0 ? 3334 : options.calls;
    Options talk = options;
    talk.calls = calls;
    const CallsShape shape(talk);
    create_calls(talk, shape);
    Crowd crowd(options, shape.seats());
    crowd.arrive(64);
    crowd.stay(Millis(500));  // Who joined is told to everybody.
    crowd.leave();
    talk_meanwhile(options, calls, 8);
    const Usage before = usage_of(options.processes);

    crowd.arrive(crowd.clients().size());
    const Usage after = usage_of(options.processes);
    std::vector<double> waits;
    std::uint64_t events = 0;
    std::uint64_t wrong = 0;
    std::uint64_t short_of = 0;
    for (const Client& client : crowd.clients()) {
        waits.push_back(milliseconds(client.live_at - crowd.begun()));
        events += client.events;
        wrong += client.wrong;
        short_of += client.events < options.events ? 1 : 0;
    }
    std::ranges::sort(waits);
    const auto at = [&](double share) {
        return waits[static_cast<std::size_t>(share * static_cast<double>(waits.size() - 1))];
    };
    fmt::print(
        "{{\"clients\":{},\"events\":{},\"lostOrDoubled\":{},\"short\":{},"
        "\"serverCpuSeconds\":{:.3f},\"rssBytes\":{},\"p50Ms\":{:.0f},\"p99Ms\":{:.0f},"
        "\"maxMs\":{:.0f}}}\n",
        waits.size(), events, wrong, short_of, after.cpu_seconds - before.cpu_seconds,
        after.rss_bytes, at(0.5), at(0.99), waits.back());
}

}  // namespace lifeline::load
