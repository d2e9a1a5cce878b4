#include "app/expiry.h"

#include <gtest/gtest.h>

#include "contract/event.h"

namespace lifeline::app {
namespace {

constexpr WallTime noon{Millis(1'771'236'000'000)};

// A call that is over at noon, with a partial text that its final one has replaced.
class Kept {
public:
    explicit Kept(bool over) {
        take("call.created",
             R"({"callId":"sess_1","ownerId":"ada","accountId":"acct_1","channel":"text"})");
        take("transcript.partial",
             R"({"utteranceId":"u1","speaker":"user","text":"a","startMs":0,"endMs":1,"rev":1})");
        take("transcript.final",
             R"({"utteranceId":"u1","speaker":"user","text":"ab","startMs":0,"endMs":1})");
        if (!over) return;
        take("call.ended",
             R"({"callId":"sess_1","endedAt":"2026-02-16T10:00:00.000Z","durationSeconds":1,)"
             R"("endReason":"completed"})");
    }
    retention::CallContents call;

private:
    void take(const std::string& type, const std::string& payload) {
        const std::string id = "e" + std::to_string(++seq_);
        const auto event = checker_.read_stored(
            contract::event_json(id, "sess_1", "2026-02-16T10:00:00.000Z", type, payload));
        ASSERT_TRUE(event.has_value()) << payload;
        const contract::Actor actor{"user", "ada"};
        call.take({.seq = seq_,
                   .event_id = id,
                   .actor = actor,
                   .cause = {},
                   .at = noon,
                   .event = &*event});
    }
    contract::EventChecker checker_;
    std::uint64_t seq_ = 0;
};

}  // namespace

TEST(Expiry, WhatAnAccountAsksForGoesAndNothingElse) {
    struct Case {
        const char* name;
        retention::Keeping keeping;
        bool over;
        std::chrono::hours later;
        std::size_t goes;
        retention::Extent extent;
    };
    using std::chrono::days;
    using enum retention::Extent;
    const Case cases[] = {
        {"nothing is asked for", {}, true, days(9'999), 0, whole},
        {"partials that were replaced", {0, true}, true, days(0), 1, superseded},
        {"of a call that goes on", {1, true}, false, days(9'999), 0, whole},
        {"a day is not over", {1, false}, true, days(1) - std::chrono::hours(1), 0, whole},
        {"a day is over", {1, false}, true, days(1), 2, whole},
        {"before that, partials", {1, true}, true, std::chrono::hours(23), 1, superseded},
        {"after that, all of it", {1, true}, true, days(2), 2, whole},
    };
    for (const auto& [name, keeping, over, later, goes, extent] : cases) {
        SCOPED_TRACE(name);
        const Kept kept(over);
        const auto plan = expiring(kept.call, keeping, noon + later);
        EXPECT_EQ(plan.contents.size() + plan.frame.size(), goes);
        if (goes > 0) EXPECT_EQ(plan.extent, extent);
    }
}

}  // namespace lifeline::app
