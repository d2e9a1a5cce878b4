#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "journal/sql_journal.h"
#include "journal/test_house.h"
#include "sql/fault_disk.h"

namespace lifeline::journal {

// A SqlJournal on a test's disk, run by one thread, that can be stopped in every way there is.
class SqlHouse {
public:
    explicit SqlHouse(std::uint64_t seed) : disk(seed), random(seed) {}

    // Opens the folder; what was refused is in the result.
    Result<Caller> start() {
        auto opened = SqlJournal::open(options());
        if (!opened) return fail(opened.error());
        journal = std::move(*opened);
        return Caller(*journal, loop);
    }
    // Whatever was on its way is lost, as with the process.
    void crash() {
        loop.drop_all();
        journal.reset();
    }
    // Settles everything and leaves the files at rest.
    Status stop() {
        auto closed =
            wait_for<void>(loop, [&](auto done) { journal->close(loop, std::move(done)); });
        crash();
        return closed;
    }
    SqlJournalOptions options() {
        return {.folder = folder,
                .writer = loop,
                .marker = loop,
                .reader = loop,
                .clock = clock,
                .random = random,
                .boot = {1, 2},
                .seals = seals,
                .index = index,
                .on_fatal = [this](const Error& error) { fatal.push_back(error); },
                .on_corrupt = [this](const Error& error) { corrupt.push_back(error); }};
    }

    sql::FaultDisk disk;
    Folder folder{"data", disk.vfs()};
    SeededRandom random;
    ManualClock clock;
    ManualLoop loop{clock};
    SealPolicy seals;
    IndexPolicy index;
    std::unique_ptr<SqlJournal> journal;
    std::vector<Error> fatal;
    std::vector<Error> corrupt;
};

inline std::vector<Draft> random_batch(SeededRandom& random, std::uint64_t& counter,
                                       std::size_t events_max = 5) {
    std::vector<Draft> batch;
    const std::uint64_t count = 1 + random.below(events_max);
    for (std::uint64_t i = 0; i < count; ++i) {
        std::string bytes(random.below(random.below(8) == 0 ? 20'000 : 300), '\0');
        random.fill({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
        batch.push_back({"evt_" + std::to_string(counter++),
                         {random.below(2) == 0 ? "user" : "agent", std::to_string(random.below(9))},
                         random.below(3) == 0 ? "evt_cause" : "",
                         std::move(bytes)});
    }
    return batch;
}

}  // namespace lifeline::journal
