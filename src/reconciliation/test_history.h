#pragma once

#include <string>
#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "reconciliation/run.h"

namespace lifeline::reconciliation {

inline const Window ten = *parse_window("2026-02-16T10:00Z");
inline const Window eleven = ten + std::chrono::hours(1);

// One account, one call of ninety seconds within an hour, and a card: all layers have what they
// should. A test breaks one thing of it.
struct TestHistory : History {
    TestHistory() {
        as_of = WallTime(ten + std::chrono::hours(3));
        const Meter by_millisecond{.unit = "ms", .mode = "up"};
        meters.push_back(
            {Window(), {{"call.duration_ms", by_millisecond}, {"stt.ms", by_millisecond}}});
        cards.push_back(*pricing::parse_card(
            R"({"card":"standard","currency":"EUR","effectiveFrom":"2026-01-01T00:00Z","items":[)"
            R"({"item":"minutes","meter":"call.duration_ms","per":"60000","tiers":[)"
            R"({"upTo":"120000","unitNano":"20000000"},{"unitNano":"10000000"}]}],)"
            R"("kind":"price","version":1})"));
        closed = {{ten, 100}, {eleven, 200}};
        connect("sess_1", "acct_1", ten, 90'000, 1);
        measure("mr_1", "sess_1", "acct_1", ten, 90'000, 10);
        charge("bu_1", "acct_1", ten, 90'000, 30'000'000, {"mr_1"}, 101);
        deliver("stripe", "acct_1", "bu_1", 102);
    }

    void connect(const std::string& session, const std::string& account, Window hour,
                 std::int64_t ms, std::uint64_t position) {
        const auto at = [&](std::uint64_t where, const char* type, std::int64_t after) {
            return RawEvent{.position = where,
                            .type = type,
                            .wall = WallTime(hour) + Millis(after),
                            .steady = SteadyTime(Millis(after)),
                            .payload = "{}"};
        };
        calls.push_back({session,
                         account,
                         WallTime(hour),
                         {at(position, "call.connected", 0), at(position + 1, "call.ended", ms)}});
    }
    Record& measure(const std::string& id, const std::string& session, const std::string& account,
                    Window hour, std::int64_t quantity, std::uint64_t position) {
        records.push_back({.position = position,
                           .id = id,
                           .content = id + std::to_string(quantity),
                           .account = account,
                           .session = session,
                           .meter = "call.duration_ms",
                           .participant = {},
                           .dims = {},
                           .window = hour,
                           .unit = "ms",
                           .quantity = quantity,
                           .fact = session + text_of(hour)});
        return records.back();
    }
    Entry& charge(const std::string& id, const std::string& account, Window hour,
                  std::int64_t quantity, pricing::Int128 amount, const std::vector<std::string>& of,
                  std::uint64_t position) {
        std::string all;
        for (const std::string& one : of) all += one + "\n";
        entries.push_back({.position = position,
                           .wall = WallTime(hour + std::chrono::hours(1)),
                           .id = id,
                           .content = id + std::to_string(quantity) + pricing::to_text(amount),
                           .account = account,
                           .kind = "charge",
                           .meter = "call.duration_ms",
                           .item = "minutes",
                           .window = hour,
                           .quantity = quantity,
                           .amount = amount,
                           .unit = "ms",
                           .currency = "EUR",
                           .card = "standard",
                           .card_version = 1,
                           .card_sha256 = cards.front().sha256,
                           .records_hash = to_hex(sha256(all)),
                           .records = of});
        return entries.back();
    }
    void deliver(const std::string& sink, const std::string& account, const std::string& entry,
                 std::uint64_t position) {
        deliveries.push_back(
            {position, Delivery::What::completed, account, sink, entry, {}, as_of});
    }
    Elsewhere& say(std::optional<std::int64_t> quantity, std::vector<std::string> charges = {}) {
        elsewhere.push_back({.position = 900,
                             .asked_at = 900,
                             .account = "acct_1",
                             .sink = "stripe",
                             .item = "minutes",
                             .window = ten,
                             .quantity = quantity,
                             .amount = {},
                             .currency = {},
                             .charges = std::move(charges)});
        return elsewhere.back();
    }

    Report reconcile(std::vector<ExpectedSink> sinks = {}) const {
        return run(*this, {.run_id = "rr_1",
                           .first = ten,
                           .last = eleven,
                           .up_to = 1000,
                           .config_sha256 = std::string(64, 'c'),
                           .sinks = std::move(sinks)});
    }
    // "acct_1 10h match/meter, acct_1 10h stripe match/deliver: cause"
    std::string story() const {
        std::string told;
        for (const Row& row : reconcile().rows) {
            if (!told.empty()) told += ", ";
            told += row.key.account + " " + text_of(row.key.window).substr(11, 2) + "h";
            if (!row.key.sink.empty()) told += " " + row.key.sink;
            told += " " + std::string(to_text(row.verdict.klass));
            if (row.verdict.klass != Class::match)
                told += "/" + std::string(to_text(row.verdict.layer));
        }
        return told;
    }
};

}  // namespace lifeline::reconciliation
