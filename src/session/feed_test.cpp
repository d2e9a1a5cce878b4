#include "session/feed.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "base/random.h"
#include "base/virtual_loop.h"
#include "journal/memory_journal.h"
#include "session/sessions.h"

namespace lifeline::session {

namespace {

using contract::Role;

const contract::Actor ada{"user", "ada"};

// Writes down what it is told.
class Notes final : public FeedReader {
public:
    void take(std::vector<journal::StoredEvent> events) override {
        ++chunks;
        for (const auto& event : events) {
            EXPECT_EQ(event.seq, last + 1) << "a gap, or the same again";
            last = event.seq;
        }
        if (leaves_on_take) feed->reset();
    }
    void caught_up(std::uint64_t head) override {
        ++caught;
        EXPECT_EQ(head, last);
    }
    void ended(const Error& error) override {
        EXPECT_EQ(end, "");
        end = error.reason;
        if (leaves_on_take) feed->reset();
    }

    std::uint64_t last = 0;
    int chunks = 0;
    int caught = 0;
    std::string end;
    bool leaves_on_take = false;
    std::optional<Feed>* feed = nullptr;
};

// A call on one loop, its reader on another.
class House {
public:
    House() : journal(away.clock()) {
        sessions.emplace(std::vector<Loop*>{&away}, journal);
        call::Create create;
        create.owner_id = "ada";
        create.account_id = "acct_1";
        create.channel = "text";
        create.connect_timeout = std::chrono::minutes(5);
        create.max_duration = std::chrono::hours(1);
        create.members = {{"ada", Role::user, ""}, {"bot", Role::agent, ""}};
        submit(std::move(create));
        run();
    }
    void submit(call::Request request) {
        sessions->submit("sess_1", {std::move(request), ada, Role::user}, away,
                         [](const Result<Receipt>& receipt) { EXPECT_TRUE(receipt.has_value()); });
    }
    void note(std::size_t bytes = 1) {
        auto event = checker.check(contract::event_json(
            "e" + std::to_string(++notes_made), "sess_1", format_rfc3339(away.clock().wall()),
            "x.note", R"({"t":")" + std::string(bytes, 'n') + "\"}"));
        submit(call::Publish{std::move(*event)});
    }
    // Both loops, in turns, until nothing is left to do.
    void run() {
        for (bool more = true; more;) {
            more = away.run_one();
            more = home.run_one() || more;
        }
    }
    std::uint64_t head() {
        std::uint64_t seq = 0;
        sessions->look<std::uint64_t>(
            "sess_1", away,
            [](Actor& actor) -> Result<std::uint64_t> { return actor.stream().head(); },
            [&](Result<std::uint64_t> found) { seq = found.value_or(0); });
        away.run();
        return seq;
    }
    void open(std::uint64_t after = 0, std::string id = "sess_1",
              Feed::MayRead<CallRules> may = {}) {
        notes.last = after;
        notes.feed = &feed;
        feed.emplace(home, *sessions, id, after, notes, std::move(may));
    }

    VirtualLoop away;
    VirtualLoop home;
    journal::MemoryJournal journal;
    contract::EventChecker checker;
    std::optional<Sessions> sessions;
    Notes notes;
    std::optional<Feed> feed;
    int notes_made = 0;
};

}  // namespace

TEST(Feed, GivesAChunkForEachPullAndSaysWhenItIsThere) {
    House house;
    house.open();
    house.run();
    EXPECT_EQ(house.notes.chunks, 0) << "nothing was asked for";
    house.feed->pull();
    house.run();
    EXPECT_EQ(house.notes.last, 3u);
    EXPECT_EQ(house.feed->cursor(), 3u);
    EXPECT_EQ(house.notes.caught, 0);
    house.feed->pull();
    house.run();
    EXPECT_EQ(house.notes.caught, 1);
    EXPECT_EQ(house.notes.chunks, 1);
    // It is parked at the head, and the pull still stands.
    house.note();
    house.run();
    EXPECT_EQ(house.notes.last, 4u);
    house.note();
    house.run();
    EXPECT_EQ(house.notes.last, 4u) << "more than was asked for";
    house.feed->pull();
    house.run();
    house.feed->pull();
    house.run();
    EXPECT_EQ(house.notes.last, 5u);
    EXPECT_EQ(house.notes.caught, 2);
}

TEST(Feed, AChunkIsSmallHoweverFarBehindTheReaderIs) {
    House house;
    for (int i = 0; i < 40; ++i) house.note(8000);
    house.run();
    house.open();
    int pulls = 0;
    while (house.notes.last < house.head()) {
        house.feed->pull();
        house.run();
        ++pulls;
    }
    EXPECT_EQ(house.notes.chunks, pulls);
    EXPECT_GE(pulls, 5);
}

TEST(Feed, EndsWhereThereIsNothingToReadOrNoRightTo) {
    struct Case {
        const char* name;
        const char* id;
        std::uint64_t after;
        Status may;
        const char* end;
    };
    const Case cases[] = {
        {"a call", "sess_1", 0, {}, ""},
        {"no call", "sess_2", 0, {}, "session_not_found"},
        {"another's stream", "doc_1", 0, {}, "session_not_found"},
        {"a cursor ahead of it, which cannot be read", "sess_1", 9, {}, "cursor_ahead"},
        {"a stranger", "sess_1", 0, fail(Code::not_allowed, "forbidden", ""), "forbidden"},
    };
    for (const auto& [name, id, after, may, end] : cases) {
        SCOPED_TRACE(name);
        House house;
        house.open(after, id, [may](const call::State&) { return may; });
        house.feed->pull();
        house.run();
        EXPECT_EQ(house.notes.end, end);
        house.feed->pull();
        house.run();
        EXPECT_EQ(house.notes.chunks, *end == '\0' ? 1 : 0);
    }
}

// The reader is at the head, or has not asked for more: it is told all the same, and not shown what
// came with the change.
TEST(Feed, EndsWhenTheRightIsTakenAway) {
    for (const bool waiting : {true, false}) {
        House house;
        house.open(0, "sess_1", [](const call::State& state) -> Status {
            if (state.open()) return {};
            return fail(Code::not_found, "session_not_found", "");
        });
        house.feed->pull();
        house.run();
        if (waiting) house.feed->pull();
        house.submit(call::SetStatus{.wanted = call::Status::ended,
                                     .provider = {},
                                     .provider_ids = {},
                                     .reason = {},
                                     .detail = {}});
        house.run();
        EXPECT_EQ(house.notes.end, "session_not_found");
        EXPECT_EQ(house.notes.last, 3u);
    }
}

TEST(Feed, TheReaderMayLeaveFromWithin) {
    House house;
    house.notes.leaves_on_take = true;
    house.open();
    house.feed->pull();
    house.run();
    EXPECT_FALSE(house.feed.has_value());
    house.open(0, "sess_2");
    house.run();
    EXPECT_FALSE(house.feed.has_value());
    house.note();
    house.run();
}

TEST(Feed, KeepsItsStreamOpenAndLetsItGo) {
    House house;
    house.submit(call::SetStatus{.wanted = call::Status::ended,
                                 .provider = {},
                                 .provider_ids = {},
                                 .reason = {},
                                 .detail = {}});
    house.open();
    house.run();
    house.away.run_for(std::chrono::minutes(5));
    EXPECT_EQ(house.sessions->home("sess_1").open(), 1u);
    house.feed.reset();
    house.away.run_for(std::chrono::minutes(5));
    EXPECT_EQ(house.sessions->home("sess_1").open(), 0u);
}

// Whoever goes first, at whatever moment between the two loops' jobs, and with reads on their way:
// a reader that has gone is told nothing more, and one that is left is given no more than there
// was, in order, and is told of no end that the stream did not have.
TEST(Feed, EitherSideMayGoFirstAtAnyTime) {
    int before_anything = 0;
    int after_all = 0;
    for (int steps = 0; steps < 40; ++steps) {
        for (const bool reader_first : {true, false}) {
            SCOPED_TRACE(steps);
            const std::uint64_t written = steps > 3 ? 4 : 3;
            House house;
            const auto heard = [&notes = house.notes] {
                return std::tuple(notes.last, notes.chunks, notes.caught, notes.end);
            };
            house.open();
            house.feed->pull();
            for (int i = 0; i < steps; ++i) {
                if (i == 3) house.note();
                if (i % 2 == 0) {
                    house.away.run_one();
                } else {
                    house.home.run_one();
                }
                if (house.notes.chunks > 0) house.feed->pull();
            }
            before_anything += house.notes.last == 0 ? 1 : 0;
            after_all += house.notes.last == 4 ? 1 : 0;
            if (reader_first) {
                const auto before = heard();
                house.feed.reset();
                house.run();
                EXPECT_EQ(heard(), before);
                EXPECT_EQ(house.head(), written) << "the stream goes on without its reader";
                house.sessions.reset();
            } else {
                // As at the end of the process: the loops have stopped, what is posted is dropped.
                house.away.drop_all();
                house.sessions.reset();
                house.feed->pull();
                house.home.run();
                EXPECT_LE(house.notes.last, written);
                EXPECT_EQ(house.notes.end, "");
                const auto before = heard();
                house.feed.reset();
                house.away.run();
                EXPECT_EQ(heard(), before);
            }
        }
    }
    EXPECT_GT(before_anything, 0);
    EXPECT_GT(after_all, 0);
}

// However appends, pulls and the loops' turns are mixed, the reader has every event once, in order.
TEST(Feed, PropertyExactlyTheSuffixInOrder) {
    for (unsigned seed = 1; seed <= 60; ++seed) {
        SCOPED_TRACE(seed);
        SeededRandom random(seed);
        House house;
        house.open(seed % 4);
        for (int step = 0; step < 300; ++step) {
            switch (random.next() % 5) {
                case 0:
                    house.note(random.next() % 3000);
                    break;
                case 1:
                    house.feed->pull();
                    break;
                case 2:
                    house.home.run_one();
                    break;
                default:
                    house.away.run_one();
            }
        }
        while (house.notes.last < house.head()) {
            house.feed->pull();
            house.run();
        }
        EXPECT_EQ(house.notes.last, house.head());
        EXPECT_EQ(house.notes.end, "");
    }
}

}  // namespace lifeline::session
