#include "billing/billing.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "base/random.h"
#include "base/virtual_loop.h"
#include "contract/json.h"
#include "contract/json_writer.h"
#include "journal/memory_journal.h"
#include "journal/view_digest.h"
#include "pricing/rate.h"

namespace lifeline::billing {
namespace {

using namespace std::chrono_literals;

const Window first_hour = *parse_window("2026-02-16T10:00Z");

std::string card(const std::string& name, int version, const std::string& from,
                 const std::string& items) {
    const std::string body = R"({"card":")" + name + R"(","currency":"EUR","effectiveFrom":")" +
                             from + R"(","items":)" + items + R"(,"kind":"price","version":)" +
                             std::to_string(version) + "}";
    const auto parsed = pricing::parse_card(body);
    EXPECT_TRUE(parsed.has_value()) << parsed.error().detail;
    return body.substr(0, body.size() - 1) + R"(,"sha256":")" + parsed->sha256 + R"("})";
}

// 2 cents a minute, in each month the first ten for nothing, from the 30th on half as much.
const std::string minutes =
    R"([{"item":"minutes","meter":"call.duration_ms","per":"60000","included":"600000",)"
    R"("tiers":[{"upTo":"1800000","unitNano":"20000000"},{"unitNano":"10000000"}]}])";

class House {
public:
    House() : journal(loop.clock(), "memory") {
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
        open("live.db");
    }
    ~House() { std::filesystem::remove_all(folder); }

    void open(const std::string& name) {
        view.emplace(loop, loop, journal);
        view->start((folder / name).string(), [](const Status& ready) { ASSERT_TRUE(ready); });
        loop.run();
    }
    void append(const std::string& stream, const std::string& type, const std::string& payload) {
        auto& open = streams[stream];
        if (!open) journal.open(stream, loop, [&](auto opened) { open = std::move(*opened); });
        loop.run();
        const std::string id = "ll_" + std::to_string(++made);
        open->append(
            open->head(),
            {{id,
              {"server", "lifeline"},
              "",
              contract::event_json(id, stream, "2026-02-20T10:00:00.000Z", type, payload)}},
            [](auto appended) { ASSERT_TRUE(appended.has_value()); });
        loop.run();
        view->poke();
        loop.run();
    }
    void activate(const std::string& card_json) {
        append("sys_billing", "billing.card.activated", card_json);
    }
    // A usage record of an account's call; gives its id.
    std::string used(const std::string& account, Window hour, std::int64_t quantity,
                     bool corrected = false, const std::string& meter = "call.duration_ms") {
        const std::string id = "mr_" + std::to_string(++made);
        contract::JsonWriter json;
        json.object().key("recordId").value(id).key("accountId").value(account);
        json.key("sessionId")
            .value("sess_1")
            .key("meter")
            .value(meter)
            .key("meterVersion")
            .value(1);
        json.key("window").value(text_of(hour)).key("unit").value("ms");
        json.key("from")
            .value("2026-02-16T10:00:00.000Z")
            .key("to")
            .value("2026-02-16T10:00:00.000Z");
        for (const char* key : {"quantityRaw", "quantity", "cumulative"})
            json.key(key).value(std::to_string(quantity));
        json.key("class").value(corrected ? "corrected" : "measured");
        json.key("needsReconciliation").value(false).key("keyId").value("k");
        json.key("signature").value(std::string(86, 'A'));
        json.key("evidence")
            .raw(R"({"seqFirst":1,"seqLast":1,"count":1,"sha256":")" + std::string(64, 'a') +
                 R"("})");
        json.end();
        append("sess_1", "billing.usage.measured", json.take());
        return id;
    }
    void close(Window hour, std::uint64_t up_to) {
        append("sys_metering", "billing.window.closed",
               R"({"window":")" + text_of(hour) + R"(","upToPosition":)" + std::to_string(up_to) +
                   "}");
    }
    void close(Window hour) { close(hour, journal.head_position()); }
    std::vector<DueEntry> due() {
        std::vector<DueEntry> found;
        view->due(1000, loop, [&](auto rows) { found = *std::move(rows); });
        loop.run();
        return found;
    }
    void write_due() {
        for (const DueEntry& one : due()) append(one.account_id, one.type, one.payload);
    }
    // "hour quantity amount, ..." of what is due.
    std::string story() {
        std::string told;
        for (const DueEntry& one : due()) {
            const auto json = *contract::Json::parse(one.payload);
            const bool charge = one.type == "billing.usage.recorded";
            const auto text = [&](std::string_view key) {
                return std::string(json.text(key).value_or("?"));
            };
            if (!told.empty()) told += ", ";
            told += charge ? text("window").substr(8, 5)
                           : text("kind") + " " + text("serviceWindow").substr(8, 5);
            told += " " + text(charge ? "quantity" : "quantityDelta") + " " +
                    text(charge ? "amount" : "amountDelta");
        }
        return told;
    }
    std::string digest(const std::string& name) {
        return *journal::view_digest((folder / name).string());
    }

    VirtualLoop loop;
    journal::MemoryJournal journal;
    std::optional<Billing> view;
    std::map<std::string, std::unique_ptr<journal::Stream>> streams;
    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("lifeline_billing_" + std::to_string(getpid()));
    int made = 0;
};

TEST(Billing, AClosedHourIsChargedOnceAndDueUntilThatIsWritten) {
    House house;
    house.activate(card("standard", 1, "2026-02-16T10:00Z", minutes));
    const std::string record = house.used("acct_1", first_hour, 300'000);
    house.used("acct_1", first_hour, 600'000);
    house.used("acct_2", first_hour, 60'000);
    EXPECT_EQ(house.story(), "");
    house.close(first_hour);
    // Fifteen minutes, ten of them included; what is included costs nothing and is said.
    EXPECT_EQ(house.story(), "16T10 900000 100000000, 16T10 60000 0");
    const auto json = *contract::Json::parse(house.due()[0].payload);
    EXPECT_EQ(json.find("recordIds")->items()[0].as_text(), record);
    house.write_due();
    EXPECT_EQ(house.story(), "");
    house.close(first_hour + 1h);
    EXPECT_EQ(house.story(), "");
}

TEST(Billing, EachHourCostsWhatItAddsToItsMonth) {
    House house;
    house.activate(card("standard", 1, "2026-02-16T10:00Z", minutes));
    for (int hour = 0; hour < 3; ++hour) {
        house.used("acct_1", first_hour + std::chrono::hours(hour), 1'200'000);
        house.close(first_hour + std::chrono::hours(hour));
    }
    // 20 minutes each: 10 paid; 20 paid, the 30th ends the first tier; all half as much.
    EXPECT_EQ(house.story(),
              "16T10 1200000 200000000, 16T11 1200000 400000000, "
              "16T12 1200000 200000000");
}

TEST(Billing, WhatComesLateIsAnAdjustmentInItsOwnHourAndMovesThoseBehindIt) {
    House house;
    house.activate(card("standard", 1, "2026-02-16T10:00Z", minutes));
    house.used("acct_1", first_hour, 600'000);
    house.close(first_hour);
    house.used("acct_1", first_hour + 1h, 600'000);
    house.close(first_hour + 1h);
    house.write_due();
    const std::string late = house.used("acct_1", first_hour, 60'000);
    // The minute is beyond the included ones; that is the same for the hour behind it.
    EXPECT_EQ(house.story(), "late 16T10 60000 20000000");
    const auto json = *contract::Json::parse(house.due()[0].payload);
    EXPECT_TRUE(json.text("corrects").value_or("").starts_with("bu_"));
    house.write_due();
    house.used("acct_1", first_hour, -600'000, true);
    // Now the first hour is within what is included, and the second pays less.
    EXPECT_EQ(house.story(), "over 16T10 -600000 -20000000, over 16T11 0 -180000000");
    EXPECT_NE(late, "");
}

TEST(Billing, WhatStandsBehindThePositionOfAClosedHourIsLate) {
    House house;
    house.activate(card("standard", 1, "2026-02-16T10:00Z", minutes));
    house.used("acct_1", first_hour, 600'000);
    const auto up_to = house.journal.head_position();
    house.used("acct_1", first_hour, 60'000);
    house.close(first_hour, up_to);
    EXPECT_EQ(house.story(), "16T10 600000 0, late 16T10 60000 20000000");
}

TEST(Billing, WhatNoCardPricesIsNotFreeButUnpriced) {
    House house;
    house.used("acct_1", first_hour, 60'000);
    house.close(first_hour);
    house.activate(card("standard", 1, "2026-02-16T11:00Z", minutes));
    house.used("acct_1", first_hour + 1h, 60'000, false, "x.pages");
    house.close(first_hour + 1h);
    EXPECT_EQ(house.story(), "");
    std::optional<pricing::Statement> statement;
    house.view->statement("acct_1", Month(std::chrono::year(2026), std::chrono::month(2)),
                          house.loop, [&](auto made) {
                              if (made) statement = *std::move(made);
                          });
    house.loop.run();
    ASSERT_TRUE(statement.has_value());
    EXPECT_TRUE(statement->lines.empty());
    ASSERT_EQ(statement->unpriced.size(), 2U);
    EXPECT_EQ(statement->unpriced[1].meter, "x.pages");
}

TEST(Billing, AnAccountPaysByItsOwnCardFromItsHourOn) {
    House house;
    house.activate(card("standard", 1, "2026-02-16T10:00Z", minutes));
    house.activate(card(
        "special", 1, "2026-02-16T10:00Z",
        R"([{"item":"minutes","meter":"call.duration_ms","per":"60000","tiers":[{"unitNano":"1"}]}])"));
    house.append("acct_1", "billing.card.assigned",
                 R"({"card":"special","effectiveFrom":"2026-02-16T11:00Z"})");
    for (int hour = 0; hour < 2; ++hour) {
        house.used("acct_1", first_hour + std::chrono::hours(hour), 1'200'000);
        house.close(first_hour + std::chrono::hours(hour));
    }
    EXPECT_EQ(house.story(), "16T10 1200000 200000000, 16T11 1200000 20");
    house.open("live.db");
    house.used("acct_1", first_hour + 2h, 60'000);
    house.close(first_hour + 2h);
    EXPECT_TRUE(house.story().ends_with("16T12 60000 1")) << house.story();
}

TEST(Billing, AStatementHasWhatWasBookedInItsMonth) {
    House house;
    house.activate(card("standard", 1, "2026-02-16T10:00Z", minutes));
    house.used("acct_1", first_hour, 1'200'000);
    house.close(first_hour);
    house.write_due();
    house.used("acct_1", first_hour, 60'000);
    house.write_due();
    std::optional<pricing::Statement> statement;
    house.view->statement("acct_1", Month(std::chrono::year(2026), std::chrono::month(2)),
                          house.loop, [&](auto made) { statement = *std::move(made); });
    house.loop.run();
    ASSERT_TRUE(statement.has_value());
    EXPECT_EQ(statement->currency, "EUR");
    EXPECT_EQ(pricing::to_text(statement->amount), "220000000");
    EXPECT_EQ(pricing::to_text(statement->total), "22");
    ASSERT_EQ(statement->lines.size(), 2U);
    for (const auto& part : statement->lines[0].parts)
        EXPECT_NE(part.what, pricing::StatementPart::What::other);
}

// Whatever comes late, is corrected, is read at once or again: what is booked is what was used, at
// its price, and doing any of it again adds nothing.
TEST(Billing, PropertyBookedIsUsedAtItsPrice) {
    constexpr int histories = 60;
    RecordProperty("histories", histories);
    for (std::uint64_t seed = 1; seed <= histories; ++seed) {
        House house;
        SeededRandom random(seed);
        const auto priced = card("standard", 1, "2026-02-16T10:00Z", minutes);
        house.activate(priced);
        std::map<std::string, std::int64_t> used;
        Window hour = first_hour;
        for (int step = 0; step < 40; ++step) {
            const std::string account = "acct_" + std::to_string(random.below(2));
            switch (random.below(6)) {
                case 0:
                    house.close(hour);
                    hour += 1h;
                    break;
                case 1:
                    house.write_due();
                    break;
                case 2:
                    house.open("live.db");
                    break;
                default: {
                    const auto back = static_cast<int>(random.below(3));
                    const Window of = std::max(first_hour, hour - std::chrono::hours(back));
                    const auto quantity =
                        static_cast<std::int64_t>(random.below(900'000)) - 200'000;
                    house.used(account, of, quantity, quantity < 0);
                    used[account] += quantity;
                }
            }
        }
        house.close(hour);
        house.write_due();
        ASSERT_EQ(house.story(), "") << "seed " << seed;
        const auto item = pricing::parse_card(priced)->items[0];
        for (const auto& [account, quantity] : used) {
            std::int64_t booked = 0;
            pricing::Int128 amount = 0;
            house.view->entries({.account_id = account, .limit = 1000}, house.loop, [&](auto rows) {
                for (const EntryRow& row : *rows) {
                    const auto json = *contract::Json::parse(row.payload_json);
                    const bool charge = row.type == "billing.usage.recorded";
                    booked +=
                        std::stoll(std::string(*json.text(charge ? "quantity" : "quantityDelta")));
                    amount += *pricing::parse_int128(*json.text(charge ? "amount" : "amountDelta"));
                }
            });
            house.loop.run();
            ASSERT_EQ(booked, quantity) << "seed " << seed;
            ASSERT_EQ(pricing::to_text(amount),
                      pricing::to_text(*pricing::amount_of(item, quantity)))
                << "seed " << seed;
        }
        house.open("anew.db");
        ASSERT_EQ(house.digest("anew.db"), house.digest("live.db")) << "seed " << seed;
    }
}

}  // namespace
}  // namespace lifeline::billing
