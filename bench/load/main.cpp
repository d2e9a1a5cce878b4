// The load generator of ./dev bench: plays one shape against one server for a while and prints what
// it saw as one line of JSON.
//
//   lifeline_load --dialect lifeline|websocket|raw --shape NAME --port N --process PID ...
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "load/arrival.h"
#include "load/engine.h"
#include "load/fatal.h"
#include "load/process.h"
#include "load/replay.h"
#include "load/shape.h"
#include "load/storm.h"

namespace lifeline::load {
namespace {

using Millis = std::chrono::milliseconds;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

void raise_descriptor_limit() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

// Who joins is told to everybody: the load begins when that has died away.
void settle(const Options& options, Engine& engine, std::size_t seats) {
    const auto begun = Clock::now();
    auto quiet_since = begun;
    std::uint64_t frames = 0;
    for (;;) {
        engine.turn(Millis(20));
        if (std::exchange(frames, engine.frames()) != engine.frames()) quiet_since = Clock::now();
        const bool greeted = options.dialect != Dialect::lifeline || engine.greeted() == seats;
        if (greeted && seconds_since(quiet_since) > 0.3) return;
        if (seconds_since(begun) > 60) fatal("{} of {} were greeted", engine.greeted(), seats);
    }
}

// Everything a figure is a difference of.
struct Reading {
    Clock::time_point at = Clock::now();
    Usage server;
    double busy = machine_busy_seconds();
    double own_cpu = own_cpu_seconds();
    std::uint64_t deliveries = 0;
    std::uint64_t own = 0;
    std::uint64_t frames = 0;
    std::uint64_t bytes = 0;
};

Reading read_all(const Options& options, Shape& shape, const Engine& engine) {
    Reading reading;
    reading.server = usage_of(options.processes);
    reading.deliveries = shape.counts().deliveries;
    reading.own = shape.counts().own;
    reading.frames = engine.frames();
    reading.bytes = engine.bytes();
    return reading;
}

void run_for(double seconds, Shape& shape, Engine& engine, bool paced) {
    const auto begun = Clock::now();
    auto heard = begun;
    for (std::uint64_t frames = engine.frames(); seconds_since(begun) < seconds && !shape.done();) {
        // A paced shape is punctual only if it does not sleep.
        engine.turn(paced ? Millis(0) : Millis(50));
        if (std::exchange(frames, engine.frames()) != engine.frames()) heard = Clock::now();
        if (seconds_since(heard) > 10) fatal("nothing has come for 10 seconds");
    }
}

double percentile(std::vector<float>& values, double share) {
    if (values.empty()) return 0;
    const auto at = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1));
    std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(at));
    return values[at];
}

void print_figures(const Reading& from, const Reading& to, std::vector<float>& waits) {
    const double seconds = std::chrono::duration<double>(to.at - from.at).count();
    const double cpu = to.server.cpu_seconds - from.server.cpu_seconds;
    const double own = to.own_cpu - from.own_cpu;
    const auto frames = static_cast<double>(std::max<std::uint64_t>(1, to.frames - from.frames));
    fmt::print(
        "{{\"seconds\":{:.3f},\"deliveries\":{},\"own\":{},\"serverCpuSeconds\":{:.3f},"
        "\"loadCpuSeconds\":{:.3f},\"foreignCores\":{:.2f},\"rssBytes\":{},\"frameBytes\":{:.0f},"
        "\"p50Us\":{:.0f},\"p99Us\":{:.0f}}}\n",
        seconds, to.deliveries - from.deliveries, to.own - from.own, cpu, own,
        std::max(0.0, to.busy - from.busy - cpu - own) / seconds, to.server.rss_bytes,
        static_cast<double>(to.bytes - from.bytes) / frames, percentile(waits, 0.5),
        percentile(waits, 0.99));
    std::fflush(stdout);
}

void run(const Options& options) {
    raise_descriptor_limit();
    if (options.shape == "storm") return run_storm(options);
    if (options.shape == "replay") return run_replay(options);
    const auto shape = make_shape(options);
    Engine engine(options, *shape);
    create_calls(options, *shape);
    connect_seats(options, *shape, engine);
    settle(options, engine, shape->seats().size());

    const bool amount = options.shape == "fill" || options.shape == "idle";
    const bool paced = options.shape == "latency";
    engine.start();
    if (!amount) run_for(options.warm_seconds, *shape, engine, paced);
    shape->counts().waits_us.clear();
    const Reading from = read_all(options, *shape, engine);
    run_for(amount ? 600 : options.seconds, *shape, engine, paced);
    if (amount && !shape->done()) fatal("it was not done in ten minutes");
    const Reading to = read_all(options, *shape, engine);
    print_figures(from, to, shape->counts().waits_us);
    char byte;
    while (options.hold && ::read(STDIN_FILENO, &byte, 1) > 0) continue;
}

}  // namespace
}  // namespace lifeline::load

int main(int argc, char** argv) {
    lifeline::load::run(lifeline::load::read_options(argc, argv));
}
