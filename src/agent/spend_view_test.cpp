#include "agent/spend_view.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>

#include "base/virtual_loop.h"
#include "contract/json_writer.h"
#include "journal/memory_journal.h"

namespace lifeline::agent {

namespace {

using namespace std::chrono_literals;

// A journal that outlives the process, and the view of each process.
class House {
public:
    House() : journal(loop.clock()) {
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
    }
    ~House() { std::filesystem::remove_all(folder); }

    void spend(const std::string& call, const std::string& record, int tokens,
               const std::string& ts, std::string_view meter = "agent.tokens") {
        contract::JsonWriter json;
        json.object().key("reportId").value(record).key("meter").value(meter);
        json.key("unit").value("token");
        json.key("quantity").value(std::to_string(tokens)).key("source").value("provider");
        json.key("dims").object();
        json.key("inputTokens").value(tokens - 1).key("outputTokens").value(1);
        json.key("costNano").value("7").key("userId").value("ada").end();
        json.end();
        auto& open = streams[call];
        if (!open) journal.open(call, loop, [&](auto opened) { open = std::move(*opened); });
        loop.run();
        const std::string id = "ll_" + std::to_string(++made);
        open->append(open->head(),
                     {{id,
                       {"server", "lifeline"},
                       "",
                       contract::event_json(id, call, ts, "billing.usage.reported", json.take())}},
                     [](auto appended) { ASSERT_TRUE(appended.has_value()); });
        loop.run();
    }
    void restart() {
        view.emplace(loop, loop, journal);
        std::string outcome = "no answer";
        view->start((folder / "spend.db").string(),
                    [&](Status done) { outcome = done ? "ready" : done.error().reason; });
        loop.run();
        ASSERT_EQ(outcome, "ready");
    }
    // Of that day.
    Amount sum(const std::string& day) {
        Ledger ledger;
        view->since(*parse_rfc3339(day), loop, [&](Result<std::vector<Ledger::Record>> records) {
            ASSERT_TRUE(records.has_value());
            for (const auto& record : *records) EXPECT_TRUE(ledger.add(record));
        });
        loop.run();
        return ledger.of_user("ada", *parse_rfc3339(day));
    }

    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("spend_test." + std::to_string(::getpid()));
    VirtualLoop loop;
    journal::MemoryJournal journal;
    std::map<std::string, std::unique_ptr<journal::Stream>> streams;
    std::optional<SpendView> view;
    int made = 0;
};

}  // namespace

TEST(SpendView, KnowsADayOverRestartsAndAfterItWasThrownAway) {
    House house;
    house.spend("sess_1", "use_1", 100, "2026-02-15T23:59:59.999Z");
    house.spend("sess_1", "use_2", 10, "2026-02-16T00:00:00.000Z");
    house.spend("sess_2", "use_2", 5, "2026-02-16T10:00:00.000Z");
    house.spend("sess_2", "use_3", 90, "2026-02-16T10:00:00.000Z", "call.duration_ms");
    house.restart();
    EXPECT_EQ(house.sum("2026-02-16T12:00:00.000Z"), (Amount{15, 14}));
    // While it runs, and while nobody did.
    house.spend("sess_2", "use_4", 1, "2026-02-16T11:00:00.000Z");
    house.view->poke();
    house.loop.run();
    EXPECT_EQ(house.sum("2026-02-16T12:00:00.000Z"), (Amount{16, 21}));
    house.view.reset();
    house.spend("sess_3", "use_1", 4, "2026-02-16T12:00:00.000Z");
    house.spend("sess_3", "use_1", 4, "2026-02-16T12:00:00.000Z");  // Measured twice.
    house.restart();
    EXPECT_EQ(house.sum("2026-02-16T12:00:00.000Z"), (Amount{20, 28}));
    house.view.reset();
    std::filesystem::remove_all(house.folder);
    std::filesystem::create_directories(house.folder);
    house.restart();
    EXPECT_EQ(house.sum("2026-02-16T12:00:00.000Z"), (Amount{20, 28}));
}

TEST(SpendView, KeepsNoMoreThanAWeek) {
    House house;
    house.spend("sess_1", "use_1", 100, "2026-02-01T10:00:00.000Z");
    house.spend("sess_1", "use_2", 10, "2026-02-16T10:00:00.000Z");
    house.restart();
    EXPECT_EQ(house.sum("2026-02-01T00:00:00.000Z"), Amount{});
    EXPECT_EQ(house.sum("2026-02-16T00:00:00.000Z"), (Amount{10, 7}));
}

}  // namespace lifeline::agent
