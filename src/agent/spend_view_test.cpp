#include "agent/spend_view.h"

#include <gtest/gtest.h>

#include <optional>

#include "contract/json_writer.h"
#include "journal/test_view_house.h"

namespace lifeline::agent {

namespace {

using namespace std::chrono_literals;

// A journal that outlives the process, and the view of each process.
class House : public journal::MemoryHouse {
public:
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
        append(call, "billing.usage.reported", json.take(), ts);
    }
    void restart() {
        view.emplace(loop, loop, journal);
        start(*view, "spend.db");
    }
    // Of that day.
    Amount sum(const std::string& day) {
        Ledger ledger;
        for (const auto& record : answer<std::vector<Ledger::Record>>(
                 [&](auto done) { view->since(*parse_rfc3339(day), loop, std::move(done)); }))
            EXPECT_TRUE(ledger.add(record));
        return ledger.of_user("ada", *parse_rfc3339(day));
    }

    std::optional<SpendView> view;
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
    house.folder.clear();
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
