#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "archive/writer.h"
#include "base/text.h"
#include "billing/billing_store.h"
#include "contract/event.h"
#include "journal/test_folders.h"
#include "metering/usage_record.h"
#include "proof/statement_form.h"
#include "proof/verify.h"

namespace lifeline::proof {

using namespace std::chrono_literals;

inline const Window first_hour = *parse_window("2026-02-16T10:00Z");
inline const Month february = *parse_month("2026-02");
inline const Window end_of_february = *parse_window("2026-02-28T23:00Z");

// 2 cents a minute, in each month the first ten for nothing, from the 30th on half as much; words
// with the least that is paid for them in a month.
inline const std::string minutes_and_words =
    R"([{"item":"minutes","meter":"call.duration_ms","per":"60000","included":"600000",)"
    R"("tiers":[{"upTo":"1800000","unitNano":"20000000"},{"unitNano":"10000000"}]},)"
    R"({"item":"words","meter":"transcript.chars","per":"1000","minimumNano":"500000000",)"
    R"("tiers":[{"unitNano":"3000000"}]}])";

inline std::string card_json(const std::string& name, int version, const std::string& from,
                             const std::string& items, const std::string& kind = "price") {
    const std::string body = R"({"card":")" + name + R"(","currency":"EUR","effectiveFrom":")" +
                             from + R"(","items":)" + items + R"(,"kind":")" + kind +
                             R"(","version":)" + std::to_string(version) + "}";
    const auto parsed = pricing::parse_card(body);
    EXPECT_TRUE(parsed.has_value()) << parsed.error().detail;
    return body.substr(0, body.size() - 1) + R"(,"sha256":")" + parsed->sha256 + R"("})";
}

inline std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}
inline std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& line : lines) text += line + "\n";
    return text;
}

// A journal on the real disk in which accounts are charged, with the view that says what for.
class BookTest : public journal::FoldersTest {
protected:
    static constexpr const char* account = "acct_1";

    void start() {
        journal_ = open(data_);
        ASSERT_TRUE(journal_);
        auto store = billing::BillingStore::open(":memory:", {.epoch = "test", .head = INT64_MAX});
        ASSERT_TRUE(store) << store.error().detail;
        store_.emplace(std::move(*store));
        auto key = journal::SealKey::open(data_);
        ASSERT_TRUE(key);
        key_.emplace(std::move(*key));
    }
    void TearDown() override { stop(); }
    void stop() {
        streams_.clear();
        if (!journal_) return;
        ASSERT_TRUE(journal::wait_for<void>(
            loop_, [&](auto done) { journal_->close(loop_, std::move(done)); }));
        journal_.reset();
    }
    // Another journal.
    void begin_anew() {
        stop();
        data_ = folder("data" + std::to_string(made_));
        start();
    }

    // Where it stands.
    std::uint64_t put(const std::string& stream, const std::string& type,
                      const std::string& payload) {
        return put_at(written_at_, stream, type, payload);
    }
    std::uint64_t put_at(const std::string& written_at, const std::string& stream,
                         const std::string& type, const std::string& payload) {
        journal::Caller caller(*journal_, loop_);
        auto& open = streams_[stream];
        if (!open) open = caller.open(stream);
        const std::string id = "ll_" + std::to_string(++made_);
        const std::string bytes = contract::event_json(id, stream, written_at, type, payload);
        auto event = checker_.read_stored(bytes);
        EXPECT_TRUE(event) << event.error().reason << event.error().pointer << payload;
        const auto done = caller.append(
            *open,
            {{.event_id = id, .actor = {"server", "lifeline"}, .cause = "", .bytes = bytes}});
        EXPECT_TRUE(done);
        const auto applied =
            store_->apply({{stream, done->first_seq, done->first_position, *std::move(event)}},
                          done->first_position);
        EXPECT_TRUE(applied) << applied.error().detail;
        clock_.advance(1s);
        return head_ = done->first_position;
    }
    void others(int rows) {
        for (int i = 0; i < rows; ++i)
            put("sess_other", "transcript.final",
                R"({"utteranceId":"u","speaker":"user","text":"said elsewhere","startMs":0,)"
                R"("endMs":9})");
    }
    // In time: in the hour before it begins.
    void activate(const std::string& card) {
        const std::string key = R"("effectiveFrom":")";
        const auto from = parse_window(card.substr(card.find(key) + key.size(), 17));
        ASSERT_TRUE(from) << card;
        put_at(format_rfc3339(WallTime(*from - 1h)), "sys_billing", "billing.card.activated", card);
    }
    void assign(const std::string& card, Window from, const std::string& to = account) {
        put_at(format_rfc3339(WallTime(from - 1h)), to, "billing.card.assigned",
               R"({"by":"usr_root","card":")" + card + R"(","effectiveFrom":")" + text_of(from) +
                   R"("})");
    }

    struct Usage {
        std::string account = BookTest::account;
        std::string session = "sess_1";
        std::string meter = "call.duration_ms";
        bool corrected = false;
        const SigningKey* key = nullptr;  // Null: the journal's.
    };
    // A usage record; gives its id.
    std::string used(Window hour, std::int64_t quantity, const Usage& of) {
        using metering::UsageRecord;
        UsageRecord record{
            .id = "mr_" + std::to_string(made_),
            .key = {.meter = of.meter},
            .window = hour,
            .from = WallTime(hour),
            .to = WallTime(hour),
            .raw = quantity,
            .quantity = quantity,
            .cumulative = quantity,
            .cls = of.corrected ? UsageRecord::Class::corrected : UsageRecord::Class::measured};
        record.evidence.add({1, sha256("an event of the call")});
        const std::string json = metering::record_json(
            {.session_id = of.session, .account_id = of.account}, record,
            {.name = of.meter, .unit = of.meter.ends_with("ms") ? "ms" : "char"});
        const std::string payload =
            of.key == nullptr
                ? metering::sign_record(json, key_->id(), key_->signing())
                : metering::sign_record(json, journal::key_id(of.key->public_key()), *of.key);
        digests_[record.id] = sha256(payload);
        places_[record.id] = put(of.session, "billing.usage.measured", payload);
        return record.id;
    }
    std::string used(Window hour, std::int64_t quantity) { return used(hour, quantity, Usage()); }
    void close(Window hour) {
        put("sys_metering", "billing.window.closed",
            R"({"window":")" + text_of(hour) + R"(","upToPosition":)" + std::to_string(head_) +
                "}");
    }
    std::vector<billing::DueEntry> due() {
        auto due = store_->due(1000);
        EXPECT_TRUE(due) << due.error().detail;
        return due ? *due : std::vector<billing::DueEntry>();
    }
    // What is due is written, as somebody may have changed it; gives the places by the ids.
    using Change = std::function<void(billing::DueEntry&)>;
    void write_due(const Change& change = {}) {
        for (billing::DueEntry& one : due()) {
            if (change) change(one);
            places_[one.id] = put(one.account_id, one.type, one.payload);
        }
    }
    void adjust(const std::string& id, const std::string& amount, Window service,
                const std::string& kind = "write_off") {
        put(account, "billing.adjustment.created",
            R"({"adjustmentId":")" + id + R"(","amountDelta":")" + amount +
                R"(","by":"usr_root","card":"standard","cardVersion":1,"cause":"goodwill",)"
                R"("currency":"EUR","item":"minutes","kind":")" +
                kind + R"(","meter":"call.duration_ms","quantityDelta":"0","serviceWindow":")" +
                text_of(service) + R"("})");
    }
    // Two calls in two hours, another account's between them; all of it charged.
    void two_hours(const Change& change = {}) {
        activate(card_json("standard", 1, "2026-01-01T00:00Z", minutes_and_words));
        used(first_hour, 700'000);
        others(20);
        used(first_hour, 300'000, {.session = "sess_2"});
        used(first_hour, 50'000, {.account = "acct_2", .session = "sess_3"});
        close(first_hour);
        write_due(change);
        used(first_hour + 1h, 600'000);
        close(first_hour + 1h);
        write_due(change);
    }
    void close_february(const Change& change = {}) {
        close(end_of_february);
        write_due(change);  // Minimums first.
        write_due(change);
    }

    billing::ProofPlan plan(Month month = february, const std::string& of = account,
                            billing::CostCard cost = billing::CostCard::left_out) {
        auto plan = store_->proof(of, month, cost);
        EXPECT_TRUE(plan) << plan.error().detail;
        return plan ? *plan : billing::ProofPlan();
    }
    std::string written(billing::ProofPlan plan) {
        auto writer = archive::Writer::open(data_, request_for(std::move(plan), clock_.wall()));
        EXPECT_TRUE(writer) << writer.error().detail;
        std::string text;
        for (bool more = writer.has_value(); more;) {
            const auto next = (*writer)->next(text);
            EXPECT_TRUE(next) << next.error().detail;
            more = next && *next;
        }
        return text;
    }
    std::string prove(Month month = february) { return written(plan(month)); }
    static Result<Report> check(const std::string& text, const archive::Known& known = {},
                                std::span<const archive::Report> archives = {}) {
        std::istringstream in(text);
        return verify(in, known, archives);
    }
    // "whole", or the first problem.
    static std::string problem(const std::string& text, const archive::Known& known = {},
                               std::span<const archive::Report> archives = {}) {
        const auto report = check(text, known, archives);
        if (!report) return report.error().reason;
        return report->ok() ? "whole" : report->problems.front().detail;
    }

    journal::Folder data_ = folder("data");
    std::string written_at_ = "2026-02-20T10:00:00.000Z";
    std::optional<billing::BillingStore> store_;
    std::optional<journal::SealKey> key_;
    std::map<std::string, Digest> digests_;        // Of usage records' payloads.
    std::map<std::string, std::uint64_t> places_;  // Of records and what was booked, by their ids.

private:
    contract::EventChecker checker_;
    std::unique_ptr<journal::SqlJournal> journal_;
    std::map<std::string, std::unique_ptr<journal::Stream>> streams_;
    std::uint64_t head_ = 0;
    int made_ = 0;
};

}  // namespace lifeline::proof
