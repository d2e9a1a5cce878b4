#include "roster/roster.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "journal/test_view_house.h"

namespace lifeline::roster {

namespace {

class House : public journal::MemoryHouse {
public:
    using MemoryHouse::MemoryHouse;

    void create(const std::string& id, const std::string& owner, const std::string& account) {
        append(id, "call.created",
               R"({"callId":")" + id + R"(","ownerId":")" + owner + R"(","accountId":")" + account +
                   R"(","channel":"text"})");
        add(id, owner, "user");
    }
    void add(const std::string& id, const std::string& who, const std::string& role) {
        append(id, "call.participant.added",
               R"({"callId":")" + id + R"(","participantId":")" + who + R"(","role":")" + role +
                   "\"}");
    }
    void start(Roster& roster, const std::filesystem::path& file = "views.db") {
        MemoryHouse::start(roster, file);
    }
    std::string list(Roster& roster, RosterQuery query) {
        std::string ids;
        for (const RosterRow& row : answer<std::vector<RosterRow>>(
                 [&](auto done) { roster.list(std::move(query), loop, std::move(done)); }))
            ids += row.session_id + ":" + row.status + " ";
        return ids;
    }
    void follow_up(Roster& roster) {
        roster.poke();
        loop.run_for(std::chrono::seconds(1));
    }
};

RosterQuery of_user(std::string user, std::string status = "") {
    RosterQuery query;
    query.user_id = std::move(user);
    query.status = std::move(status);
    return query;
}

}  // namespace

TEST(Roster, ListsWhatSomebodyIsInFromTheNewestOn) {
    House house;
    house.create("sess_1", "ada", "acct_1");
    house.create("sess_2", "bob", "acct_1");
    house.create("sess_3", "ada", "acct_2");
    Roster roster(house.loop, house.loop, house.journal);
    house.start(roster);
    EXPECT_EQ(house.list(roster, of_user("ada")), "sess_3:created sess_1:created ");
    house.add("sess_2", "ada", "viewer");
    house.append("sess_1", "call.ended",
                 R"({"callId":"sess_1","endedAt":"2026-02-16T10:00:00.000Z",)"
                 R"("durationSeconds":0,"endReason":"completed"})");
    house.follow_up(roster);
    EXPECT_EQ(house.list(roster, of_user("ada")), "sess_3:created sess_2:created sess_1:ended ");
    EXPECT_EQ(house.list(roster, of_user("ada", "open")), "sess_3:created sess_2:created ");
    EXPECT_EQ(house.list(roster, of_user("eve")), "");
    RosterQuery account;
    account.account_id = "acct_1";
    EXPECT_EQ(house.list(roster, account), "sess_2:created sess_1:ended ");
    std::uint64_t open = 0;
    roster.count_open(house.loop, [&](Result<std::uint64_t> count) { open = *count; });
    house.loop.run();
    EXPECT_EQ(open, 2u);
    EXPECT_EQ(roster.position(), house.journal.head_position());
    auto page = of_user("ada");
    page.limit = 1;
    EXPECT_EQ(house.list(roster, page), "sess_3:created ");
}

// What was started in a call that is over since has no outcome yet, and the next server must know.
TEST(Roster, KnowsCallsInWhichSomethingRunsAfterTheirEnd) {
    House house;
    Roster roster(house.loop, house.loop, house.journal);
    house.start(roster);
    house.create("sess_1", "ada", "acct_1");
    house.create("sess_2", "ada", "acct_1");
    const auto action = [&](const std::string& call, const std::string& type,
                            const std::string& rest) {
        house.append(call, "orchestration.action." + type, R"({"actionId":"act_1",)" + rest + "}");
    };
    for (const char* call : {"sess_1", "sess_2"}) {
        action(call, "started",
               R"("executor":"http","attempt":1,"leaseUntil":"2026-02-16T10:00:00.000Z")");
        house.append(call, "call.ended",
                     R"({"callId":")" + std::string(call) +
                         R"(","endedAt":"2026-02-16T10:00:00.000Z","durationSeconds":1,)"
                         R"("endReason":"completed"})");
    }
    action("sess_2", "succeeded", R"("durationMs":5)");
    house.follow_up(roster);
    std::vector<std::string> found;
    roster.open_calls(house.loop, [&](Result<std::vector<std::string>> ids) {
        ASSERT_TRUE(ids.has_value());
        found = *ids;
    });
    house.loop.run();
    EXPECT_EQ(found, std::vector<std::string>{"sess_1"});
}

TEST(Roster, IsTheSameAfterItWasThrownAway) {
    House house;
    house.create("sess_1", "ada", "acct_1");
    {
        Roster roster(house.loop, house.loop, house.journal);
        house.start(roster);
    }
    house.create("sess_2", "ada", "acct_1");
    std::string gone_on;
    {
        Roster roster(house.loop, house.loop, house.journal);
        house.start(roster);
        gone_on = house.list(roster, of_user("ada"));
    }
    house.folder.clear();
    Roster roster(house.loop, house.loop, house.journal);
    house.start(roster);
    EXPECT_EQ(house.list(roster, of_user("ada")), gone_on);
    EXPECT_EQ(gone_on, "sess_2:created sess_1:created ");
}

// After a restore positions count other events: nothing of the old view may be listed or taken up.
TEST(Roster, IsFoldedAnewFromAnotherEpoch) {
    House house;
    house.create("sess_lost", "ada", "acct_1");
    house.create("sess_kept", "ada", "acct_1");
    {
        Roster roster(house.loop, house.loop, house.journal);
        house.start(roster);
        EXPECT_EQ(house.list(roster, of_user("ada")), "sess_kept:created sess_lost:created ");
    }
    House restored("another");
    restored.create("sess_other", "ada", "acct_1");
    restored.create("sess_kept", "ada", "acct_1");
    restored.create("sess_new", "ada", "acct_1");
    Roster roster(restored.loop, restored.loop, restored.journal);
    restored.start(roster, house.folder / "views.db");
    EXPECT_EQ(restored.list(roster, of_user("ada")),
              "sess_new:created sess_kept:created sess_other:created ");
    std::vector<std::string> open;
    roster.open_calls(restored.loop, [&](auto ids) { open = *ids; });
    restored.loop.run();
    EXPECT_EQ(open, (std::vector<std::string>{"sess_kept", "sess_new", "sess_other"}));
}

// The same epoch, but less than the view has seen: a copy of the folder was put back.
TEST(Roster, IsFoldedAnewWhenItIsAheadOfItsJournal) {
    House house;
    house.create("sess_1", "ada", "acct_1");
    house.create("sess_2", "ada", "acct_1");
    {
        Roster roster(house.loop, house.loop, house.journal);
        house.start(roster);
    }
    journal::MemoryJournal fresh(house.loop.clock());
    Roster roster(house.loop, house.loop, fresh);
    house.start(roster);
    EXPECT_EQ(house.list(roster, of_user("ada")), "");
}

TEST(Roster, TellsFollowersOfNewMemberships) {
    House house;
    Roster roster(house.loop, house.loop, house.journal);
    house.start(roster);
    std::string heard;
    roster.follow([&](const Roster::Entry& entry) {
        heard += entry.user_id + "@" + entry.row.session_id + ":" + entry.row.status + ":" +
                 entry.row.role + " ";
        return heard.size() < 30;
    });
    house.create("sess_1", "ada", "acct_1");
    house.follow_up(roster);
    EXPECT_EQ(heard, "ada@sess_1:created:user ");
    house.add("sess_1", "bot", "agent");
    house.follow_up(roster);
    house.add("sess_1", "eve", "viewer");
    house.follow_up(roster);
    EXPECT_EQ(heard, "ada@sess_1:created:user bot@sess_1:created:agent ");
}

// A server stops while its views still have work: the jobs come after the object.
TEST(Roster, MayBeGoneBeforeItsWorkersLastJob) {
    House house;
    house.create("sess_1", "ada", "acct_1");
    VirtualLoop worker;
    auto roster = std::make_unique<Roster>(house.loop, worker, house.journal);
    bool ready = false;
    roster->start((house.folder / "views.db").string(), [&](Status) { ready = true; });
    worker.run();      // Opened, and
    house.loop.run();  // the first events are on their way to the worker.
    ASSERT_FALSE(ready);
    roster.reset();
    worker.run();
    house.loop.run();
    auto opening = std::make_unique<Roster>(house.loop, worker, house.journal);
    opening->start((house.folder / "views.db").string(), [&](Status) { ready = true; });
    opening.reset();
    worker.run();
    house.loop.run();
    EXPECT_FALSE(ready);
}

}  // namespace lifeline::roster
