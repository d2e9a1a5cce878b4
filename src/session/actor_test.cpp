#include "session/actor.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/virtual_loop.h"
#include "journal/memory_journal.h"
#include "session/shard.h"

namespace lifeline::session {

namespace {

using contract::Role;

const contract::Actor ada{"user", "ada"};

class House {
public:
    House() : journal(loop.clock()), shard(loop, journal) {}

    // "ok <seq>", "duplicate <seq>" or the reason of the refusal.
    std::string run(call::Request request, contract::Actor actor = ada, Role role = Role::user) {
        std::string outcome = "no answer";
        shard.submit("sess_1", {std::move(request), std::move(actor), role},
                     [&](Result<Receipt> receipt) { outcome = text(receipt); });
        loop.run();
        return outcome;
    }
    static std::string text(const Result<Receipt>& receipt) {
        if (!receipt) return receipt.error().reason;
        return (receipt->duplicate ? "duplicate " : "ok ") + std::to_string(receipt->seq);
    }
    std::string create(std::string guest = "bot") {
        call::Create create;
        create.owner_id = "ada";
        create.account_id = "acct_1";
        create.channel = "text";
        create.connect_timeout = std::chrono::minutes(5);
        create.max_duration = std::chrono::hours(1);
        create.reconnect_window = std::chrono::minutes(15);
        create.members = {{"ada", Role::user, ""}, {std::move(guest), Role::agent, ""}};
        return run(std::move(create));
    }
    call::Publish note(std::string id, int n) {
        auto event =
            checker.check(contract::event_json(id, "sess_1", format_rfc3339(loop.clock().wall()),
                                               "x.note", "{\"n\":" + std::to_string(n) + "}"));
        return {std::move(*event)};
    }

    VirtualLoop loop;
    journal::MemoryJournal journal;
    Shard shard;
    contract::EventChecker checker;
};

}  // namespace

TEST(Actor, AnswersWithThePlaceOfTheEvent) {
    House house;
    EXPECT_EQ(house.run(house.note("e1", 1)), "session_not_found");
    EXPECT_EQ(house.create(), "ok 1");
    EXPECT_EQ(house.run(house.note("e1", 1)), "ok 4");
    EXPECT_EQ(house.run(house.note("e2", 2)), "ok 5");
}

TEST(Actor, TheSameEventIdIsOneEventForEver) {
    House house;
    house.create();
    EXPECT_EQ(house.run(house.note("e1", 1)), "ok 4");
    EXPECT_EQ(house.run(house.note("e1", 1)), "duplicate 4");
    EXPECT_EQ(house.run(house.note("e1", 2)), "id_conflict");
    EXPECT_EQ(house.run(house.note("e1", 1), {"user", "eve"}), "id_conflict");
    EXPECT_EQ(house.run(house.note("e2", 2)), "ok 5");
}

// Both are in the mailbox before the first is appended.
TEST(Actor, TheSameEventTwiceInOneTurnIsOneEvent) {
    House house;
    house.create();
    std::vector<std::string> outcomes;
    for (const int n : {1, 1, 2})
        house.shard.submit(
            "sess_1", {house.note("e1", n), ada, Role::user},
            [&](Result<Receipt> receipt) { outcomes.push_back(House::text(receipt)); });
    house.loop.run();
    EXPECT_EQ(outcomes, (std::vector<std::string>{"ok 4", "duplicate 4", "id_conflict"}));
}

TEST(Actor, RefusesWhatItCannotWriteAndStaysWhatItWas) {
    House house;
    // Ids as long as they may be still have server events of their own.
    const std::string longest(128, 'x');
    EXPECT_EQ(house.create(longest), "ok 1");
    EXPECT_EQ(house.run(call::RemoveParticipant{longest, ""}), "ok 4");
    // A token may bring in anything as its subject.
    EXPECT_EQ(house.run(call::AddParticipant{{"not an id", Role::viewer, ""}}), "bad_format");
    EXPECT_EQ(house.run(call::AddParticipant{{"vic", Role::viewer, std::string(200, 'n')}}),
              "out_of_range");
    EXPECT_EQ(house.run(house.note("e1", 1)), "ok 5");
}

TEST(Actor, ADeadlineFiresOnceAlsoAfterARestart) {
    House house;
    house.create();
    house.loop.run_for(std::chrono::minutes(4));
    {
        // Another process would read the same journal.
        Shard again(house.loop, house.journal);
    }
    house.loop.run_for(std::chrono::minutes(2));
    house.shard.with("sess_1", Shard::Missing::refuse, [](Result<Actor*> actor) {
        ASSERT_TRUE(actor.has_value());
        EXPECT_EQ((*actor)->state().status, call::Status::failed);
        EXPECT_EQ((*actor)->state().end_reason, "connect_timeout");
        EXPECT_EQ((*actor)->stream().head(), 4u);
    });
    EXPECT_EQ(house.run(house.note("e1", 1)), "session_over");
}

TEST(Shard, ClosesWhatIsOverAndOpensItAgain) {
    House house;
    house.create();
    house.run(call::SetStatus{.wanted = call::Status::ended,
                              .provider = {},
                              .provider_ids = {},
                              .reason = {},
                              .detail = {}});
    EXPECT_EQ(house.shard.open(), 1u);
    house.loop.run_for(std::chrono::minutes(5));
    EXPECT_EQ(house.shard.open(), 0u);
    EXPECT_EQ(house.run(house.note("e1", 1)), "session_over");
}

}  // namespace lifeline::session
