#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "contract/canonical.h"
#include "contract/json.h"
#include "pricing/decimal_text.h"
#include "pricing/html.h"
#include "pricing/statement.h"
#include "pricing/test_statement.h"

namespace lifeline::pricing {
namespace {

constexpr std::string_view per_minute = R"("per":"60000","tiers":[{"unitNano":"20000000"}])";

struct Month {
    CardBook book;
    StatementInput input;

    Month() {
        book.add(card_of(card_json(1, "2026-02-01T00:00Z", per_minute)));
        input = {.month = *parse_month("2026-02"),
                 .account = "acct_1",
                 .currency = "EUR",
                 .charges = charges_of({{"2026-02-16T10:00Z", "minutes", "ms", 312'000}}, book)};
    }
    void adjust(std::string cause) {
        input.adjustments.push_back({.id = "ba_1",
                                     .kind = "write_off",
                                     .card = "standard",
                                     .item = "minutes",
                                     .meter = "call.duration_ms",
                                     .service = hour("2026-02-16T10:00Z"),
                                     .amount = -50'000'000,
                                     .currency = "EUR",
                                     .cause = std::move(cause)});
    }
    Statement made() const { return compose(input, book).value(); }
};

// What a reader of RFC 4180 makes of it.
std::vector<std::vector<std::string>> records_of(std::string_view csv) {
    std::vector<std::vector<std::string>> records(1, {""});
    bool quoted = false;
    for (std::size_t i = 0; i < csv.size(); ++i) {
        const char c = csv[i];
        auto& cell = records.back().back();
        if (quoted && c == '"' && i + 1 < csv.size() && csv[i + 1] == '"') {
            cell += '"';
            ++i;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (!quoted && c == ',') {
            records.back().emplace_back();
        } else if (!quoted && c == '\r' && i + 1 < csv.size() && csv[i + 1] == '\n') {
            ++i;
            if (i + 1 < csv.size()) records.push_back({""});
        } else {
            cell += c;
        }
    }
    EXPECT_FALSE(quoted);
    return records;
}

TEST(StatementJson, IsCanonicalAndComplete) {
    Month month;
    month.adjust("goodwill");
    month.input.unpriced.push_back({"tts.chars", "char", {{"voice", "v1"}}, 12});
    month.input.journal_head = "head_1";
    const auto text = render_json(month.made());
    EXPECT_EQ(contract::canonical_json(text), text);
    const auto json = contract::Json::parse(text);
    ASSERT_TRUE(json);
    EXPECT_EQ(json->text("total"), "0.05");
    EXPECT_EQ(json->text("totalMinor"), "5");
    EXPECT_EQ(json->text("amount"), "54000000");
    EXPECT_EQ(json->text("period"), "2026-02");
    EXPECT_EQ(json->text("journalHead"), "head_1");
    EXPECT_EQ(json->text("ledgerHash"), ledger_hash(month.made()));
    const auto lines = json->find("lines")->items();
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_EQ(lines[0].find("charges")->items()[0].text("idempotencyKey"), "bu_1");
    EXPECT_EQ(lines[1].text("adjustmentId"), "ba_1");
    EXPECT_EQ(lines[1].text("settled"), "-0.05");
    EXPECT_EQ(json->find("unpriced")->items()[0].text("quantity"), "12");
    EXPECT_EQ(render_json(month.made()), text);
}

TEST(StatementCsv, NoTextOfItIsAFormula) {
    for (const std::string cause :
         {"=HYPERLINK(\"http://x\")", "+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1",
          "\n=1", " =1", "  -1", "\uFF1D1", "\uFEFF=1", "\u00A0=1", "\u200B=1", "%0A=1", "|x",
          ";=1", "'=1"}) {
        SCOPED_TRACE(cause);
        Month month;
        month.adjust(cause);
        const auto records = records_of(render_csv(month.made()));
        bool seen = false;
        for (const auto& record : records) {
            EXPECT_EQ(record.size(), 18u);
            if (record[0] != "adjustment") continue;
            seen = true;
            EXPECT_EQ(record[17], "'" + cause);
            EXPECT_EQ(record[13], "-0.05");  // A number of ours stays one.
        }
        EXPECT_TRUE(seen);
    }
    for (const std::string cause :
         {"goodwill", "\u00DCbertrag, \"zweimal\"\r\nund", "(see 3)", ""}) {
        Month month;
        month.adjust(cause);
        EXPECT_EQ(records_of(render_csv(month.made()))[4][17], cause);
    }
}

TEST(StatementCsv, RowsThatAreSettledSumToTheTotal) {
    CardBook book;
    book.add(
        card_of(card_json(1, "2026-01-01T00:00Z",
                          R"("per":"7","minimumNano":"3333333333","tiers":[{"unitNano":"1"}])")));
    auto input = Month().input;
    input.charges = charges_of({{"2026-02-16T10:00Z", "minutes", "ms", 312'000}}, book);
    const auto records = records_of(render_csv(compose(input, book).value()));
    EXPECT_EQ(records[0][0], "row");
    Int128 sum = 0;
    for (const auto& record : records) {
        auto digits = record[14];
        if (record[0] == "row" || digits.empty()) continue;
        std::erase(digits, '.');
        digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
        if (record[0] == "total")
            EXPECT_EQ(sum, *parse_int128(digits));
        else
            sum += *parse_int128(digits);
    }
    EXPECT_EQ(sum, Int128{333});
}

TEST(StatementHtml, IsOnePageThatNeedsNothingAndRunsNothing) {
    Month month;
    month.adjust("</bdi><script>alert(1)</script><img src=x onerror='a()'>\x01&\"");
    month.input.account = "acct_<b>";
    month.input.unpriced.push_back({"<i>", "<u>", {{"<a", "b>"}}, 12});
    month.input.journal_head = "<head>";
    const auto page = render_html(month.made());
    for (const char* never : {"<script", "<img", "<b>", "<i>", "<u>", "http:", "https:", "\x01",
                              "<a", "url(", "@import", "onerror='"})
        EXPECT_EQ(page.find(never), std::string::npos) << never;
    for (const char* there :
         {"&lt;/bdi&gt;&lt;script&gt;", "not a tax invoice", "EUR\u00A00.05", "bu_1", "ba_1",
          "at 0.02 per minute", "5 min 12 s", "February 2026", "default-src 'none'",
          "prefers-color-scheme: dark", "@media print", "16 Feb 2026, 10:00"})
        EXPECT_NE(page.find(there), std::string::npos) << there;
    EXPECT_EQ(render_html(month.made()), page);
}

TEST(StatementHtml, AMonthOfNothingSaysSo) {
    Month month;
    month.input.charges.clear();
    EXPECT_NE(render_html(month.made()).find("Nothing was used"), std::string::npos);
    EXPECT_EQ(month.made().total, Int128{0});
}

TEST(DecimalText, ReadsLikeMoney) {
    EXPECT_EQ(nano_text(0), "0");
    EXPECT_EQ(nano_text(1), "0.000000001");
    EXPECT_EQ(nano_text(-104'000'000), "-0.104");
    EXPECT_EQ(nano_text(20'000'000'000), "20");
    EXPECT_EQ(nano_text(20'000'000'000, 2), "20.00");
    EXPECT_EQ(nano_text(0, 2), "0.00");
    EXPECT_EQ(nano_text(-103'000'250, 2), "-0.10300025");
    EXPECT_EQ(nano_text(500'000'000, 3), "0.500");
    EXPECT_EQ(minor_text(5, 2), "0.05");
    EXPECT_EQ(minor_text(-1205, 2), "-12.05");
    EXPECT_EQ(minor_text(1205, 0), "1205");
    EXPECT_EQ(minor_text(1, 3), "0.001");
    EXPECT_EQ(grouped("1234567.8912"), "1\u202F234\u202F567.8912");
    EXPECT_EQ(grouped("-123"), "\u2212123");
    EXPECT_EQ(grouped("-1234"), "\u22121\u202F234");
}

TEST(DecimalText, QuantitiesHaveTheirUnit) {
    EXPECT_EQ(quantity_text(1830, "token"), "1\u202F830 token");
    EXPECT_EQ(quantity_text(0, "ms"), "0 ms");
    EXPECT_EQ(quantity_text(250, "ms"), "250 ms");
    EXPECT_EQ(quantity_text(1250, "ms"), "1.25 s");
    EXPECT_EQ(quantity_text(3'912'500, "ms"), "1 h 5 min 12.5 s");
    EXPECT_EQ(quantity_text(3'600'001, "ms"), "1 h 1 ms");
    EXPECT_EQ(quantity_text(-60'000, "ms"), "\u22121 min");
    EXPECT_EQ(quantity_text(std::numeric_limits<std::int64_t>::min(), "ms"),
              "\u22122\u202F562\u202F047\u202F788\u202F015 h 12 min 55.808 s");
    EXPECT_EQ(per_text(60'000, "ms"), "minute");
    EXPECT_EQ(per_text(90'000, "ms"), "1 min 30 s");
    EXPECT_EQ(per_text(1, "action"), "action");
    EXPECT_EQ(per_text(1000, "token"), "1\u202F000 token");
}

}  // namespace
}  // namespace lifeline::pricing
