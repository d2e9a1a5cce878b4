#include "money/rate.h"

#include <filesystem>
#include <utility>

#include "billing/billing.h"
#include "metering/metering.h"
#include "money/figures.h"
#include "money/history.h"

namespace lifeline::money {

namespace {

const WallTime begin = *parse_window("2026-02-16T08:00Z");

struct Cost {
    double seconds = 0;
    double cpu = 0;
};

// Makes a view from nothing, by the reader that follows the journal in the server. CPU is that of
// all threads: reading, parsing, folding, writing.
template <class View>
Cost fold(House& house, const std::string& name) {
    ThreadWorker worker(name);
    auto view = std::make_unique<View>(house.loop(), worker, house.journal());
    const auto begun = Watch::now();
    const double cpu = cpu_seconds();
    house.wait<void>([&](auto done) {
        house.loop().post([&, done = std::move(done)]() mutable {
            view->start(house.folder() + "/" + name + ".db", std::move(done));
        });
    });
    const Cost cost{seconds_since(begun), cpu_seconds() - cpu};
    const auto due = house.wait<std::size_t>([&](auto done) {
        view->due(10, house.loop(), [done = std::move(done)](auto found) mutable {
            CHECK(found);
            done(found->size());
        });
    });
    CHECK(due == 0);
    house.on_loop([&] { view.reset(); });
    return cost;
}

// Every event once, in order, as far as what it says is known; and how many of them count.
Cost scan(House& house, std::uint64_t& counting) {
    contract::EventChecker checker;
    const auto begun = Watch::now();
    const double cpu = cpu_seconds();
    for (std::uint64_t after = 0;;) {
        const auto events = house.wait<std::vector<journal::JournalEvent>>([&](auto done) {
            house.journal().read_all(after, {.events = 4096, .bytes = 2 * 1024 * 1024},
                                     house.loop(), std::move(done));
        });
        if (events.empty()) break;
        for (const auto& [stream, stored] : events) {
            const auto event = checker.read_stored(stored.bytes);
            CHECK(event);
            if (metering::may_concern(stored.bytes)) ++counting;
        }
        after = events.back().event.position;
    }
    return {seconds_since(begun), cpu_seconds() - cpu};
}

void say(std::string_view who, double events, const Cost& cost, std::string_view more = "") {
    tell(who, fmt::format(R"(,"kind":"rate","perCore":{:.0f},"perSecond":{:.0f},"cpu":{:.2f}{})",
                          events / cost.cpu, events / cost.seconds, cost.cpu, more));
}

}  // namespace

void rate(const std::string& dir, std::size_t events) {
    const std::string folder = dir + "/journal";
    std::filesystem::create_directories(folder);
    Written written;
    {
        House house(folder, begin);
        written = write_history(house, events);
    }
    {
        House house(folder, begin + std::chrono::days(7));
        const auto all = static_cast<double>(house.journal().head_position());
        std::uint64_t counting = 0;
        (void)scan(house, counting);  // Into the system's cache.
        counting = 0;
        const Cost floor = scan(house, counting);
        const Cost metered = fold<metering::Metering>(house, "metering");
        const Cost rated = fold<billing::Billing>(house, "billing");
        const Cost both{metered.seconds + rated.seconds, metered.cpu + rated.cpu};
        say("metered and rated", all, both,
            fmt::format(R"(,"calls":{},"records":{},"charges":{})", written.calls, written.records,
                        written.charges));
        say("metered", all, metered);
        say("rated", all, rated);
        say("of those that count", static_cast<double>(counting), both);
        say("floor", all, floor);
    }
    std::filesystem::remove_all(folder);
}

}  // namespace lifeline::money
