#include "load/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "load/arrival.h"
#include "load/crowd.h"
#include "load/fatal.h"
#include "load/process.h"
#include "load/shapes.h"

namespace lifeline::load {

namespace {

constexpr std::size_t at_once = 64;

struct Round {
    double seconds = 0;
    std::uint64_t events = 0;
};

Round replay(Crowd& crowd, const Options& options) {
    crowd.forget();
    crowd.arrive(at_once);
    Round round{.seconds = std::chrono::duration<double>(Clock::now() - crowd.begun()).count()};
    crowd.leave();
    for (const Client& client : crowd.clients()) {
        if (client.wrong > 0 || client.events < options.events)
            fatal("a replay of {} events showed {}, {} of them not the next", options.events,
                  client.events, client.wrong);
        round.events += client.events;
    }
    return round;
}

}  // namespace

void run_replay(const Options& options) {
    const std::uint32_t calls = std::max(options.calls, 1u);
    Options talk = options;
    talk.calls = calls;
    const FillShape shape(talk);
    create_calls(talk, shape);
    talk_meanwhile(options, calls, std::max(1u, 64 / calls));
    std::vector<Seat> seats;
    for (std::uint32_t call = 0; call < calls; ++call) seats.push_back({call, 0, Who::user});
    Crowd crowd(options, seats);
    replay(crowd, options);

    const Usage before = usage_of(options.processes);
    const double busy = machine_busy_seconds() - own_cpu_seconds();
    const auto begun = Clock::now();
    Round all;
    while (std::chrono::duration<double>(Clock::now() - begun).count() < options.seconds) {
        const Round one = replay(crowd, options);
        all.seconds += one.seconds;
        all.events += one.events;
    }
    const Usage after = usage_of(options.processes);
    const double cpu = after.cpu_seconds - before.cpu_seconds;
    const double others = machine_busy_seconds() - own_cpu_seconds() - busy - cpu;
    fmt::print(
        "{{\"seconds\":{:.3f},\"events\":{},\"serverCpuSeconds\":{:.3f},\"foreignCores\":{:.2f},"
        "\"rssBytes\":{}}}\n",
        all.seconds, all.events, cpu, std::max(0.0, others) / all.seconds, after.rss_bytes);
}

}  // namespace lifeline::load
