#include <gtest/gtest.h>

#include "base/asio_loop.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/id.h"
#include "base/log_line.h"
#include "base/random.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/thread_worker.h"

namespace lifeline {

TEST(Clock, WritesMillisecondsInUtc) {
    EXPECT_EQ(format_rfc3339(WallTime(Millis(1'771'236'000'007))), "2026-02-16T10:00:00.007Z");
}

TEST(Clock, ReadsBackWhatItWroteAndNothingElse) {
    const WallTime time{Millis(1'771'236'000'007)};
    EXPECT_EQ(parse_rfc3339(format_rfc3339(time)), time);
    for (const char* bad :
         {"", "2026-02-16T10:00:00Z", "2026-02-30T10:00:00.000Z", "2026-02-16T24:00:00.000Z",
          "2026-02-16 10:00:00.000Z", "2026-02-16T10:00:00.000+", "+026-02-16T10:00:00.000Z"})
        EXPECT_EQ(parse_rfc3339(bad), std::nullopt) << bad;
}

TEST(Log, AJsonLineHasTheFieldsThatItsMessageBeginsWith) {
    struct Case {
        const char* message;
        const char* members;
    };
    const Case cases[] = {
        {"stopping", R"("message":"stopping")"},
        {"request=req_1 session=s refused reason=x",
         R"("request":"req_1","session":"s","message":"request=req_1 session=s refused reason=x")"},
        {"request=req_1", R"("request":"req_1","message":"request=req_1")"},
        {"of a client request=forged", R"("message":"of a client request=forged")"},
        {"level=loud x", R"("message":"level=loud x")"},
        {"a=1 a=2", R"("a":"1","message":"a=1 a=2")"},
        {"a=\"1\\ b", R"("a":"\"1\\","message":"a=\"1\\ b")"},
        {"a= b", R"("message":"a= b")"},
        {"=b", R"("message":"=b")"},
        {"", R"("message":"")"},
    };
    for (const auto& [message, members] : cases) EXPECT_EQ(log::json_members(message), members);
}

TEST(Id, SortsByTimeAndKeepsItsPrefix) {
    SeededRandom random(1);
    const auto early = new_id("sess_", WallTime(Millis(1'000)), random);
    const auto late = new_id("sess_", WallTime(Millis(2'000)), random);
    EXPECT_EQ(early.size(), 31u);
    EXPECT_TRUE(early.starts_with("sess_"));
    EXPECT_LT(early, late);
}

TEST(Random, BelowStaysBelow) {
    SystemRandom random;
    for (int i = 0; i < 10'000; ++i) ASSERT_LT(random.below(7), 7u);
    EXPECT_NE(random.next(), random.next());
}

TEST(Digest, IsSha256) {
    EXPECT_EQ(to_hex(sha256("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    Sha256 hasher;
    EXPECT_EQ(hasher.of({"a", "bc"}), sha256("abc"));
    EXPECT_EQ(hasher.of({"abc"}), sha256("abc"));  // Begun anew after the first.
}

TEST(Text, Base64urlRoundTripsAndRefusesWhatItWouldNotWrite) {
    SeededRandom random(7);
    for (std::size_t size = 0; size < 70; ++size) {
        std::string bytes(size, '\0');
        random.fill({reinterpret_cast<std::uint8_t*>(bytes.data()), size});
        EXPECT_EQ(from_base64url(to_base64url(bytes)), bytes);
    }
    EXPECT_FALSE(from_base64url("A"));
    EXPECT_FALSE(from_base64url("AB="));
    EXPECT_FALSE(from_base64url("AB"));  // Left-over bits are not zero.
    EXPECT_FALSE(from_base64url("A+"));
    EXPECT_FALSE(from_hex("0G"));
}

TEST(Secret, PrintsStars) {
    EXPECT_EQ(fmt::format("key={}", Secret<std::string>("hunter2")), "key=***");
}

TEST(AsioLoop, RunsJobsInOrderAndTimersAfterThem) {
    AsioLoop loop;
    std::string seen;
    ThreadWorker other("other");
    loop.post([&] {
        loop.start_timer(Millis(5), [&] {
            seen += "t";
            loop.stop();
        });
        const auto cancelled = loop.start_timer(Millis(1), [&] { seen += "x"; });
        loop.cancel_timer(cancelled);
    });
    other.submit([&] { loop.post([&] { seen += "a"; }); });
    other.submit([&] { loop.post([&] { seen += "b"; }); });
    loop.run();
    EXPECT_EQ(seen, "abt");
}

// Both have expired before the loop looks at either, so the second is queued when it is cancelled.
TEST(AsioLoop, ACancelledTimerNeverRuns) {
    AsioLoop loop;
    bool ran = false;
    Loop::TimerId second = 0;
    loop.start_timer(Millis(0), [&] { loop.cancel_timer(second); });
    second = loop.start_timer(Millis(0), [&] { ran = true; });
    loop.start_timer(Millis(20), [&] { loop.stop(); });
    loop.run();
    EXPECT_FALSE(ran);
}

}  // namespace lifeline
