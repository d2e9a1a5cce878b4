#include "session/actor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/virtual_loop.h"
#include "journal/memory_journal.h"
#include "session/shard.h"

namespace lifeline::session {

namespace {

using contract::Role;

const contract::Actor ada{"user", "ada"};

// A tool whose every use must be confirmed by the owner.
class OneTool final : public call::Judge {
public:
    std::optional<call::ToolFacts> tool(std::string_view) const override {
        call::ToolFacts facts;
        facts.timeout = std::chrono::seconds(10);
        facts.executor = "http";
        facts.requesters = {Role::agent};
        return facts;
    }
    Result<void> check_args(std::string_view, std::string_view) const override { return {}; }
    call::Ruling rule(const call::Question&) const override {
        call::Ruling ruling;
        ruling.outcome = call::Ruling::Outcome::confirm;
        ruling.policy_id = "test";
        ruling.policy_version = "1";
        ruling.inputs_hash = std::string(64, 'a');
        return ruling;
    }
    call::Shown show(std::string_view, std::string_view, std::string_view) const override {
        return {};
    }
};

class House {
public:
    House() : journal(loop.clock()) { restart(); }

    // As another process would: nothing but the journal is left.
    void restart() {
        shard_.reset();
        shard_.emplace(loop, journal);
        shard_->take_judge(std::make_shared<OneTool>());
        shard_->on_work = [this](const std::string& id) { work += id + " "; };
    }

    // "ok <seq>", "duplicate <seq>" or the reason of the refusal.
    std::string run(call::Request request, contract::Actor actor = ada, Role role = Role::user) {
        std::string outcome = "no answer";
        shard().submit("sess_1", {std::move(request), std::move(actor), role},
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

    // What somebody who looks at the call is shown, in the end.
    std::string look() {
        std::string seen = "no answer";
        shard().with("sess_1", Shard::Missing::refuse, [&](Result<Actor*> actor) {
            seen = actor ? std::string(call::to_text((*actor)->state().status)) + " at " +
                               std::to_string((*actor)->stream().head())
                         : actor.error().reason;
        });
        loop.run();
        return seen;
    }
    static call::SetStatus status(call::Status wanted) {
        return {.wanted = wanted, .provider = {}, .provider_ids = {}, .reason = {}, .detail = {}};
    }
    Shard& shard() { return *shard_; }

    VirtualLoop loop;
    journal::MemoryJournal journal;
    // An agent wants to send something; gives the id of the question that was asked.
    std::string ask_to_send() {
        auto event = checker.check(contract::event_json(
            "e_ask", "sess_1", format_rfc3339(loop.clock().wall()),
            "orchestration.action.requested",
            R"({"actionId":"act_1","actionType":"send","summary":"s","args":{"to":"b"}})"));
        run(call::Publish{std::move(*event)}, {"agent", "bot"}, Role::agent);
        std::string id;
        shard().with("sess_1", Shard::Missing::refuse, [&](Result<Actor*> actor) {
            const auto& action = (*actor)->state().actions.at(0);
            hash = action.args_hash;
            if (action.confirmation) id = action.confirmation->id;
        });
        loop.run();
        return id;
    }
    std::string answer(const std::string& id) {
        call::AnswerConfirmation yes;
        yes.confirmation_id = id;
        yes.decision = "approve";
        yes.args_hash = hash;
        return run(yes);
    }
    std::string action() {
        std::string state;
        shard().with("sess_1", Shard::Missing::refuse, [&](Result<Actor*> actor) {
            state = call::to_text((*actor)->state().actions.at(0).state);
        });
        loop.run();
        return state;
    }

    contract::EventChecker checker;
    std::string hash;
    std::string work;  // Of which calls there was said to be some.

private:
    std::optional<Shard> shard_;
};

const Error disk_full{Code::unavailable, "storage_unavailable", "no room"};

}  // namespace

TEST(Actor, AnotherJudgeIsInForceOnceWhatTheLastOneAllowedIsWritten) {
    House house;
    EXPECT_EQ(house.create(), "ok 1");
    std::vector<std::string> order;
    house.shard().submit("sess_1", {house.note("n", 1), {"user", "ada"}, Role::user},
                         [&](const Result<Receipt>&) { order.emplace_back("written"); });
    // Behind the turn that decides it, before the disk has it.
    house.loop.post([&] {
        house.shard().take_judge(call::no_tools(), [&] { order.emplace_back("in force"); });
    });
    house.loop.run();
    EXPECT_EQ(order, (std::vector<std::string>{"written", "in force"}));
    house.shard().take_judge(call::no_tools(), [&] { order.emplace_back("at once"); });
    EXPECT_EQ(order.back(), "at once");
}

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
        house.shard().submit(
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
    house.restart();
    EXPECT_EQ(house.look(), "created at 3");
    house.loop.run_for(std::chrono::minutes(2));
    EXPECT_EQ(house.look(), "failed at 4");
    house.restart();
    house.loop.run_for(std::chrono::minutes(10));
    EXPECT_EQ(house.look(), "failed at 4");
    EXPECT_EQ(house.run(house.note("e1", 1)), "session_over");
}

// Decided is not durable: whoever looks in between waits for the disk.
TEST(Actor, NobodyIsShownWhatACrashCouldTakeBack) {
    House house;
    house.create();
    std::vector<std::string> outcomes;
    house.shard().submit("sess_1", {House::status(call::Status::ended), ada, Role::user},
                         [&](Result<Receipt>) { outcomes.emplace_back("acknowledged"); });
    for (int i = 0; i < 4; ++i) {
        house.shard().with("sess_1", Shard::Missing::refuse, [&](Result<Actor*> actor) {
            const bool over = (*actor)->state().over();
            EXPECT_EQ(over, (*actor)->stream().head() == 4) << "an end that is not on the disk";
            outcomes.emplace_back(over ? "over" : "open");
        });
        house.loop.run_one();
    }
    house.loop.run();
    EXPECT_EQ(std::ranges::count(outcomes, "acknowledged"), 1);
    EXPECT_EQ(outcomes.back(), "over");
}

TEST(Actor, ADiskThatRefusesCostsARetryAndNothingElse) {
    House house;
    house.create();
    house.journal.refuse_appends(disk_full);
    EXPECT_EQ(house.run(House::status(call::Status::ended)), "storage_unavailable");
    // The call is what it was, not empty and not ended.
    EXPECT_EQ(house.look(), "created at 3");
    EXPECT_EQ(house.run(house.note("e1", 1)), "storage_unavailable");
    EXPECT_EQ(house.look(), "created at 3");
    house.journal.refuse_appends(std::nullopt);
    house.loop.run_for(std::chrono::seconds(1));
    EXPECT_EQ(house.run(house.note("e1", 1)), "ok 4");
    EXPECT_EQ(house.run(House::status(call::Status::ended)), "ok 5");
}

// A refusal that rests on what the same turn decided is one only when that is durable.
TEST(Actor, ARefusalIsNotSaidBeforeWhatItRestsOnIsDurable) {
    House house;
    house.create();
    house.journal.refuse_appends(disk_full);
    std::vector<std::string> outcomes;
    const auto submit = [&](call::Request request) {
        house.shard().submit(
            "sess_1", {std::move(request), ada, Role::user},
            [&](Result<Receipt> receipt) { outcomes.push_back(House::text(receipt)); });
    };
    submit(House::status(call::Status::ended));
    submit(house.note("e1", 1));
    house.loop.run();
    EXPECT_EQ(outcomes, std::vector<std::string>(2, "storage_unavailable"));
}

TEST(Actor, ADeadlineFollowsTheWallClock) {
    House house;
    house.create();
    house.loop.clock().set_wall(house.loop.clock().wall() + std::chrono::hours(2));
    house.loop.run_for(std::chrono::minutes(1));
    EXPECT_EQ(house.look(), "failed at 4");
}

// Whoever sets the clock back, in this process or while none runs, prolongs nothing.
TEST(Actor, ADeadlineIsNoLaterForAClockThatIsSetBack) {
    for (const bool restarted : {false, true}) {
        House house;
        house.create();
        house.run(House::status(call::Status::active));
        ASSERT_FALSE(house.ask_to_send().empty());
        house.loop.run_for(std::chrono::minutes(1));
        house.run(house.note("e1", 1));
        house.loop.clock().set_wall(house.loop.clock().wall() - std::chrono::hours(3));
        if (restarted) house.restart();
        EXPECT_EQ(house.action(), "awaiting_confirmation");
        house.loop.run_for(std::chrono::minutes(4));
        EXPECT_EQ(house.action(), "over") << restarted;
    }
}

TEST(Actor, WhatWasAskedAtATimeThatWasWrongIsOverInTime) {
    House house;
    house.create();
    house.run(House::status(call::Status::active));
    const WallTime right = house.loop.clock().wall();
    house.loop.clock().set_wall(right + std::chrono::minutes(50));
    ASSERT_FALSE(house.ask_to_send().empty());
    house.loop.clock().set_wall(right);
    house.loop.run_for(std::chrono::minutes(6));
    EXPECT_EQ(house.action(), "over");
}

TEST(Actor, ADeadlineThatTheDiskRefusedComesAgain) {
    House house;
    house.create();
    const auto before = house.journal.head_position();
    house.journal.refuse_appends(disk_full);
    house.loop.run_for(std::chrono::minutes(6));
    EXPECT_EQ(house.look(), "created at 3");
    house.loop.run_for(std::chrono::minutes(1));
    // Whether anybody looks at it or not.
    house.journal.refuse_appends(std::nullopt);
    house.loop.run_for(std::chrono::seconds(2));
    EXPECT_EQ(house.journal.head_position(), before + 1);
    EXPECT_EQ(house.look(), "failed at 4");
}

// Wherever the process ends, the action is what its events say: asked once, approved once, claimed
// once, and not known to have happened when nobody was left to say so.
TEST(Actor, AnActionGoesOnWhereItWasAfterEveryRestart) {
    House house;
    const contract::Actor server{"server", "lifeline"};
    house.create();
    const std::string id = house.ask_to_send();
    ASSERT_FALSE(id.empty());
    EXPECT_EQ(house.work, "");
    house.restart();
    EXPECT_EQ(house.action(), "awaiting_confirmation");
    EXPECT_TRUE(house.answer(id).starts_with("ok "));
    EXPECT_EQ(house.work, "sess_1 ");
    house.restart();
    EXPECT_EQ(house.action(), "approved");
    EXPECT_TRUE(
        house.run(call::ClaimAction{"act_1", std::chrono::seconds(20)}, server, Role::server)
            .starts_with("ok "));
    EXPECT_EQ(house.run(call::ClaimAction{"act_1", std::chrono::seconds(20)}, server, Role::server),
              "action_not_ready");
    house.restart();
    EXPECT_EQ(house.action(), "started");
    house.run(call::Recovered{}, server, Role::server);
    EXPECT_EQ(house.action(), "unknown");
}

// A confirmation's end is a deadline like the others, also over a restart and after the call.
TEST(Actor, AConfirmationExpiresAndALeaseEndsByThemselves) {
    House house;
    house.create();
    ASSERT_FALSE(house.ask_to_send().empty());
    house.restart();
    EXPECT_EQ(house.action(), "awaiting_confirmation");
    house.run(House::status(call::Status::active));
    house.loop.run_for(std::chrono::minutes(6));
    EXPECT_EQ(house.action(), "over");

    House other;
    const contract::Actor server{"server", "lifeline"};
    other.create();
    other.answer(other.ask_to_send());
    other.run(call::ClaimAction{"act_1", std::chrono::minutes(10)}, server, Role::server);
    other.run(House::status(call::Status::ended));
    other.loop.run_for(std::chrono::minutes(9));
    EXPECT_EQ(other.action(), "started");
    other.loop.run_for(std::chrono::minutes(2));
    EXPECT_EQ(other.action(), "unknown");
}

TEST(Shard, HasOnlyCalls) {
    House house;
    std::vector<std::string> outcomes;
    for (const char* id : {"sys_instance", "doc_1", "acct_1", "sess_", "nonsense", "", "sess_a/b"})
        house.shard().with(id, Shard::Missing::refuse, [&](Result<Actor*> actor) {
            outcomes.push_back(actor ? "an actor" : actor.error().reason);
        });
    house.loop.run();
    EXPECT_EQ(outcomes, std::vector<std::string>(7, "session_not_found"));
}

TEST(Shard, KeepsNothingOfNamesThatAreNoCalls) {
    House house;
    for (int i = 0; i < 100; ++i)
        house.shard().with("sess_guess" + std::to_string(i), Shard::Missing::refuse,
                           [](Result<Actor*> actor) { EXPECT_FALSE(actor.has_value()); });
    house.loop.run();
    EXPECT_EQ(house.shard().open(), 0u);
    // Somebody asks for it, and before the answer is gone somebody else makes it.
    EXPECT_EQ(house.look(), "session_not_found");
    house.shard().with("sess_1", Shard::Missing::refuse, [&](const Result<Actor*>&) {
        house.shard().with("sess_1", Shard::Missing::create,
                           [](Result<Actor*> actor) { EXPECT_TRUE(actor.has_value()); });
    });
    EXPECT_EQ(house.create(), "ok 1");
}

TEST(Shard, ClosesWhatIsOverAndOpensItAgain) {
    House house;
    house.create();
    house.run(House::status(call::Status::ended));
    EXPECT_EQ(house.shard().open(), 1u);
    house.loop.run_for(std::chrono::minutes(5));
    EXPECT_EQ(house.shard().open(), 0u);
    EXPECT_EQ(house.run(house.note("e1", 1)), "session_over");
}

}  // namespace lifeline::session
