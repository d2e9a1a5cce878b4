#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "contract/event.h"
#include "metering/call_usage.h"
#include "metering/call_usage_text.h"

namespace lifeline::metering {

// A call that is measured, told event by event, with clocks of its own. Its fold is written down
// and read again, as a view does: after every so many of them.
class TestUsage {
public:
    explicit TestUsage(Meters meters = Meters::builtin(), int read_every = 1)
        : read_every_(read_every),
          meters_(std::make_shared<const Meters>(std::move(meters))),
          usage_({"sess_1", "acct_1"}, meters_) {}

    // Both clocks.
    void pass(Millis time) { at_.wall += time, at_.steady += time; }
    void jump_wall(Millis by) { at_.wall += by; }
    const Moment& now() const { return at_; }

    void tell(std::string_view type, std::string_view payload) {
        const std::string id = "evt_" + std::to_string(++seq_);
        auto event = checker_.read_stored(
            contract::event_json(id, "sess_1", format_rfc3339(at_.wall), type, payload));
        ASSERT_TRUE(event.has_value()) << event.error().reason << " " << event.error().pointer;
        const Digest bytes = sha256(event->json());
        usage_.take(*event, {seq_, bytes}, at_, due);
        read_again();
    }
    void connected() {
        tell("call.connected", R"({"callId":"sess_1","connectedAt":"2026-02-16T10:00:00.000Z"})");
    }
    void reconnecting() {
        tell("call.reconnecting",
             R"({"callId":"sess_1","attempt":1,"at":"2026-02-16T10:00:00.000Z"})");
    }
    void reconnected() {
        tell("call.reconnected",
             R"({"callId":"sess_1","attempt":1,"at":"2026-02-16T10:00:00.000Z","outageMs":1})");
    }
    void ended() {
        tell("call.ended",
             R"({"callId":"sess_1","endedAt":"2026-02-16T10:00:00.000Z","durationSeconds":1,)"
             R"("endReason":"completed"})");
    }
    void said(const std::string& id, const std::string& text, const std::string& speaker = "user") {
        tell("transcript.final", R"({"utteranceId":")" + id + R"(","speaker":")" + speaker +
                                     R"(","text":")" + text + R"(","startMs":0,"endMs":9})");
    }
    void action(const std::string& what, const std::string& id, const std::string& rest = "") {
        tell("orchestration.action." + what, R"({"actionId":")" + id + R"(")" + rest + "}");
    }
    void reported(const std::string& id, const std::string& quantity, const std::string& rest = "",
                  const std::string& meter = "stt.ms") {
        tell("billing.usage.reported", R"({"reportId":")" + id + R"(","meter":")" + meter +
                                           R"(","unit":"ms","quantity":)" + quantity +
                                           R"(,"source":"provider")" + rest + "}");
    }
    void reconciled(const std::string& id, const std::string& quantity,
                    const std::string& rest = "") {
        tell("billing.usage.reconciled", R"({"reportId":")" + id + R"(","quantity":")" + quantity +
                                             R"(","source":"provider")" + rest + "}");
    }

    void hour_began() { usage_.hour_began(at_, due), read_again(); }
    void run_stops() { usage_.run_stops(at_, due), read_again(); }
    // The process died at `last`.
    void run_began(const Moment& last) { usage_.run_began(last, at_, due), read_again(); }

    // "meter dims window raw>quantity cause, ..." of what is due, in order.
    std::string story() const {
        std::string told;
        for (const UsageRecord& record : due) {
            if (!told.empty()) told += ", ";
            told += record.key.meter;
            for (const auto& [name, value] : record.key.dims) told += " " + value;
            told += " " + text_of(record.window).substr(11, 2) + "h ";
            told += record.raw ? std::to_string(*record.raw) : "?";
            if (record.quantity != record.raw)
                told += ">" + (record.quantity ? std::to_string(*record.quantity) : "?");
            if (!record.end_cause.empty()) told += " " + record.end_cause;
        }
        return told;
    }
    CallUsage& usage() { return usage_; }

    std::vector<UsageRecord> due;

private:
    void read_again() {
        if (++steps_ % read_every_ != 0) return;
        const std::string text = CallUsageText::write(usage_);
        const auto reports = CallUsageText::take_reports(usage_);
        auto read = CallUsageText::read(text, meters_);
        ASSERT_TRUE(read.has_value());
        usage_ = *std::move(read);
        ASSERT_EQ(CallUsageText::write(usage_), text);
        for (const auto& [id, shares] : reports)
            ASSERT_TRUE(CallUsageText::give_report(usage_, id, shares).has_value());
    }

    int read_every_;
    int steps_ = 0;
    std::shared_ptr<const Meters> meters_;
    CallUsage usage_;
    contract::EventChecker checker_;
    std::uint64_t seq_ = 0;
    Moment at_{*parse_rfc3339("2026-02-16T10:00:00.000Z"), SteadyTime(Micros(7'000'000))};
};

}  // namespace lifeline::metering
