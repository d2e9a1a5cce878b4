#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "billing/billing.h"
#include "contract/json.h"
#include "contract/json_writer.h"
#include "journal/test_view_house.h"

// A journal with the view of billing behind it, for the tests of this room.
namespace lifeline::billing {

using namespace std::chrono_literals;

inline const Window first_hour = *parse_window("2026-02-16T10:00Z");

inline std::string card(const std::string& name, int version, const std::string& from,
                        const std::string& items, const std::string& kind = "price",
                        const std::string& currency = "EUR") {
    const std::string body = R"({"card":")" + name + R"(","currency":")" + currency +
                             R"(","effectiveFrom":")" + from + R"(","items":)" + items +
                             R"(,"kind":")" + kind + R"(","version":)" + std::to_string(version) +
                             "}";
    const auto parsed = pricing::parse_card(body);
    EXPECT_TRUE(parsed.has_value()) << parsed.error().detail;
    return body.substr(0, body.size() - 1) + R"(,"sha256":")" + parsed->sha256 + R"("})";
}

// 2 cents a minute, in each month the first ten for nothing, from the 30th on half as much.
inline const std::string minutes =
    R"([{"item":"minutes","meter":"call.duration_ms","per":"60000","included":"600000",)"
    R"("tiers":[{"upTo":"1800000","unitNano":"20000000"},{"unitNano":"10000000"}]}])";

class House : public journal::ViewHouse<Billing> {
public:
    void append(const std::string& stream, const std::string& type, const std::string& payload) {
        ViewHouse::append(stream, type, payload, written_at);
    }
    void activate(const std::string& card_json) {
        append("sys_billing", "billing.card.activated", card_json);
    }
    // A usage record of an account's call; gives its id.
    std::string used(const std::string& account, Window hour, std::int64_t quantity,
                     bool corrected = false, const std::string& meter = "call.duration_ms",
                     const std::string& session = "sess_1") {
        const std::string id = "mr_" + std::to_string(++made);
        contract::JsonWriter json;
        json.object().key("recordId").value(id).key("accountId").value(account);
        json.key("sessionId").value(session).key("meter").value(meter).key("meterVersion").value(1);
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
        append(session, "billing.usage.measured", json.take());
        return id;
    }
    void close(Window hour, std::uint64_t up_to) {
        append("sys_metering", "billing.window.closed",
               R"({"window":")" + text_of(hour) + R"(","upToPosition":)" + std::to_string(up_to) +
                   "}");
    }
    void close(Window hour) { close(hour, journal.head_position()); }
    std::vector<DueEntry> due(std::size_t limit = 1000) {
        return answer<std::vector<DueEntry>>(
            [&](auto done) { view->due(limit, loop, std::move(done)); });
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
    std::string written_at = "2026-02-20T10:00:00.000Z";  // The clock of the writer.
};

}  // namespace lifeline::billing
