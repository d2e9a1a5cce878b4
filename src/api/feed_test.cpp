#include <gtest/gtest.h>

#include <string>

#include "api/feed.h"
#include "api/open_streams.h"
#include "api/session_feed.h"
#include "base/virtual_loop.h"
#include "roster/roster.h"

namespace lifeline::api {

namespace {

// What a reader has taken, and how much it takes before it is behind.
struct Wire {
    std::string taken;
    std::string waiting;
    std::size_t room = SIZE_MAX;
    bool ended = false;
    bool broken = false;
    Job drained;
    Job closed;

    int lines() const {
        int count = 0;
        for (std::size_t at = 0; (at = taken.find("sess_", at)) != std::string::npos; ++at) ++count;
        return count;
    }
    void drain() {
        taken += std::exchange(waiting, {});
        if (drained) drained();
    }
};

class Pieces final : public net::ResponseStream {
public:
    explicit Pieces(Wire& wire) : wire_(wire) {}
    ~Pieces() override {
        if (!wire_.ended) wire_.broken = true;
    }
    Flow write(std::string_view bytes) override {
        wire_.waiting += bytes;
        if (wire_.waiting.size() > wire_.room) return Flow::wait;
        wire_.taken += std::exchange(wire_.waiting, {});
        return Flow::go_on;
    }
    void on_drained(Job job) override { wire_.drained = std::move(job); }
    void on_closed(Job job) override { wire_.closed = std::move(job); }
    void end() override { wire_.ended = true; }

private:
    Wire& wire_;
};

roster::RosterRow row(int n) {
    roster::RosterRow row;
    row.session_id = "sess_" + std::to_string(n);
    row.role = "agent";
    row.position = static_cast<std::uint64_t>(n);
    return row;
}

class Feeds : public ::testing::Test {
protected:
    // As the roster does: from the newest on, at most as many as asked for.
    SessionFeed::Lister lister(int calls) {
        return [this, calls](const roster::RosterQuery& query, auto done) {
            ++pages;
            std::vector<roster::RosterRow> rows;
            for (int n = calls; n > 0 && rows.size() < query.limit; --n)
                if (static_cast<std::uint64_t>(n) < query.before) rows.push_back(row(n));
            loop.post([rows = std::move(rows), done = std::move(done)]() mutable {
                done(std::move(rows));
            });
        };
    }
    std::shared_ptr<SessionFeed> follow(int calls, WallTime expires_at = WallTime::max()) {
        lines = std::make_shared<LineStream>(std::make_unique<Pieces>(wire), loop, expires_at);
        roster::RosterQuery query;
        query.user_id = "usr_bot";
        auto feed = std::make_shared<SessionFeed>(lines, query, lister(calls));
        feed->start();
        loop.run();
        return feed;
    }

    Wire wire;
    VirtualLoop loop;
    std::shared_ptr<LineStream> lines;
    int pages = 0;
};

}  // namespace

TEST_F(Feeds, EveryOpenCallIsListedHoweverManyThereAre) {
    follow(2'000);
    EXPECT_EQ(wire.lines(), 2'000);
    EXPECT_TRUE(lines->open());
}

TEST_F(Feeds, AReaderThatIsBehindGetsTheNextPageWhenItHasCaughtUp) {
    wire.room = 1'000;
    const auto feed = follow(2'000);
    EXPECT_EQ(pages, 1) << "no more is fetched than is taken";
    feed->added("usr_bot", row(2'001));
    int drains = 0;
    while (!wire.waiting.empty() && ++drains < 100) {
        wire.drain();
        loop.run();
    }
    EXPECT_EQ(wire.lines(), 2'001);
    EXPECT_NE(wire.taken.find("\"sess_2001\""), std::string::npos);
    EXPECT_TRUE(lines->open());
}

TEST_F(Feeds, AReaderThatTakesNothingAtAllIsBrokenOff) {
    wire.room = 10;
    const auto feed = follow(10);
    for (int n = 0; n < 100'000 && lines->open(); ++n) feed->added("usr_bot", row(n));
    EXPECT_TRUE(wire.broken);
    EXPECT_LT(wire.waiting.size(), 2u << 20);
}

TEST_F(Feeds, NewsOfOthersIsNotTold) {
    const auto feed = follow(0);
    feed->added("usr_else", row(1));
    EXPECT_EQ(wire.lines(), 0);
    feed->added("usr_bot", row(2));
    EXPECT_EQ(wire.lines(), 1);
}

TEST_F(Feeds, AStreamEndsWithTheTokenItWasAskedForWith) {
    const WallTime expires_at = loop.clock().wall() + std::chrono::seconds(40);
    follow(3, expires_at);
    loop.run_for(std::chrono::seconds(39));
    EXPECT_TRUE(lines->open());
    loop.run_for(std::chrono::seconds(2));
    EXPECT_FALSE(lines->open());
    EXPECT_TRUE(wire.ended);
    EXPECT_EQ(loop.timers(), 0u);
}

TEST_F(Feeds, WhoLosesTheirRightsReadsNoFurther) {
    OpenStreams streams;
    identity::Principal bot;
    bot.user_id = "usr_bot";
    identity::Principal other;
    other.user_id = "usr_other";
    const auto feed = follow(3);
    std::weak_ptr<OpenStreams::Reader> kept;
    {
        const auto reader = streams.enter(bot);
        reader->lines = lines;
        lines->hold(reader);
        kept = reader;
    }
    const auto on_the_way = streams.enter(bot);
    const auto unconcerned = streams.enter(other);
    streams.cut([](const identity::Principal& one) -> std::optional<Error> {
        if (one.user_id != "usr_bot") return std::nullopt;
        return Error{Code::unauthenticated, "key_revoked", "revoked"};
    });
    EXPECT_TRUE(wire.ended);
    EXPECT_FALSE(lines->open());
    feed->added("usr_bot", row(4));
    EXPECT_EQ(wire.lines(), 3);
    EXPECT_TRUE(kept.expired()) << "its place is free";
    ASSERT_TRUE(on_the_way->cut) << "who has no answer yet gets none";
    EXPECT_EQ(on_the_way->cut->reason, "key_revoked");
    EXPECT_FALSE(unconcerned->cut);
    EXPECT_EQ(loop.timers(), 0u);
}

TEST(OpenStreams, ForgetsWhoHasGone) {
    OpenStreams streams;
    std::vector<std::shared_ptr<OpenStreams::Reader>> here;
    for (int n = 0; n < 10'000; ++n) {
        auto reader = streams.enter({});
        if (n % 100 == 0) here.push_back(std::move(reader));
    }
    EXPECT_LE(streams.size(), 2 * here.size() + 64);
    EXPECT_GE(streams.size(), here.size());
}

TEST_F(Feeds, TheWallClockMayJump) {
    follow(0, loop.clock().wall() + std::chrono::hours(5));
    loop.clock().set_wall(loop.clock().wall() + std::chrono::hours(6));
    loop.run_for(std::chrono::seconds(16));
    EXPECT_TRUE(wire.ended);
}

}  // namespace lifeline::api
