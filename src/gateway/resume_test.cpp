#include "gateway/line_table.h"
#include "gateway/test_room.h"

// Who goes on with a line, and what becomes of the one who held it.
namespace lifeline::gateway {

namespace {

constexpr Generation first{1, 1};
constexpr Generation second{1, 2};
constexpr Generation third{1, 3};
constexpr WallTime never = WallTime::max();

std::string may(const LineTable& lines, Generation token, std::string_view session = "sess_1") {
    const auto allowed = lines.may_continue(session, first, token);
    return allowed ? "yes" : allowed.error().reason;
}

// The text of a field in the last frame that has `what` in it.
std::string field(const RoomClient& client, std::string_view what, std::string_view name) {
    const std::string key = "\"" + std::string(name) + "\":\"";
    for (auto frame = client.frames.rbegin(); frame != client.frames.rend(); ++frame) {
        if (frame->find(what) == std::string::npos) continue;
        const auto at = frame->find(key);
        if (at == std::string::npos) return {};
        const auto from = at + key.size();
        return frame->substr(from, frame->find('"', from) - from);
    }
    return {};
}

Generation generation_of(const RoomClient& client) {
    return Generation::parse(field(client, R"("op":"hello")", "generation")).value();
}

}  // namespace

TEST(LineTable, TheNewestTokenCountsAndTheOneBeforeUntilItWasHeardFrom) {
    LineTable lines(first.boot);
    EXPECT_EQ(may(lines, first), "yes") << "after a restart nothing is known";
    lines.begun("sess_1", first, std::nullopt, never);
    EXPECT_EQ(may(lines, first), "yes");
    lines.begun("sess_1", first, first, never);
    EXPECT_EQ(may(lines, first), "yes") << "the hello with the second may be lost";
    EXPECT_EQ(may(lines, second), "yes");
    lines.begun("sess_1", first, first, never);
    EXPECT_EQ(may(lines, first), "yes");
    EXPECT_EQ(may(lines, second), "yes") << "an attempt that was given up may arrive last";
    lines.heard("sess_1", first, first);
    EXPECT_EQ(may(lines, first), "resume_token_reused");
    EXPECT_EQ(may(lines, third), "yes");
    lines.begun("sess_1", first, third, never);
    EXPECT_EQ(may(lines, second), "resume_token_reused") << "a later one was used";
    lines.heard("sess_1", first, second);
    EXPECT_EQ(may(lines, third), "yes") << "that was an older one's";
    lines.heard("sess_1", first, third);
    EXPECT_EQ(may(lines, third), "resume_token_reused");
    EXPECT_EQ(may(lines, first, "sess_2"), "yes") << "another call's line";
}

TEST(LineTable, WhatThisStartGaveIsLaterThanWhatAnyOtherStartGave) {
    struct Case {
        const char* name;
        std::uint64_t boot;  // Of the token that the line was continued with first.
    };
    const Case cases[] = {{"of an earlier start", 0},
                          {"of a start whose clock, or folder, was further on", 57}};
    for (const auto& [name, boot] : cases) {
        SCOPED_TRACE(name);
        LineTable lines(first.boot);
        const Generation old{boot, 900};
        lines.begun("sess_1", first, old, never);
        EXPECT_EQ(may(lines, old), "yes") << "its hello may have been lost";
        lines.heard("sess_1", first, old);
        EXPECT_EQ(may(lines, old), "resume_token_reused");
        EXPECT_EQ(may(lines, second), "yes") << "the page's second loss";
        lines.begun("sess_1", first, second, never);
        EXPECT_EQ(may(lines, old), "resume_token_reused");
        EXPECT_EQ(may(lines, third), "yes");
    }
}

TEST(LineTable, ForgetsWhatNoTokenIsLeftFor) {
    LineTable lines(first.boot);
    lines.begun("sess_1", first, std::nullopt, WallTime(Millis(100)));
    lines.begun("sess_2", first, std::nullopt, WallTime(Millis(100)));
    lines.keep_until("sess_2", first, WallTime(Millis(200)));
    lines.sweep(WallTime(Millis(99)));
    EXPECT_EQ(lines.size(), 2u);
    lines.sweep(WallTime(Millis(100)));
    EXPECT_EQ(lines.size(), 1u);
    lines.sweep(WallTime(Millis(200)));
    EXPECT_EQ(lines.size(), 0u);
}

TEST(Resume, TheOlderConnectionIsToldWhoHasTakenOverAndIsNotHeardAnyMore) {
    RoomHouse house;
    const auto ghost = house.connect("ada");
    const Generation line = generation_of(*ghost);
    const auto winner = house.connect("ada", {}, line, line);
    EXPECT_EQ(ghost->closed, 4002);
    EXPECT_EQ(field(*ghost, R"("op":"bye")", "reason"), "superseded");
    EXPECT_EQ(field(*ghost, R"("op":"bye")", "generation"), generation_of(*winner).text());
    EXPECT_GT(generation_of(*winner), line);
    ghost->note(1);
    house.loop.run();
    EXPECT_EQ(winner->heard("note-1"), 0) << "late frames are refused";
    winner->note(2);
    house.loop.run();
    EXPECT_EQ(winner->heard("note-2"), 1);
    EXPECT_EQ(winner->closed, 0);
    EXPECT_TRUE(house.connected("ada"));
    // For the call nothing has happened.
    EXPECT_EQ(winner->heard("call.reconnecting"), 0);
}

TEST(Resume, TwoTabsAreTwoLines) {
    RoomHouse house;
    const auto one = house.connect("ada");
    const auto other = house.connect("ada");
    EXPECT_EQ(one->closed, 0);
    EXPECT_EQ(other->closed, 0);
    EXPECT_NE(field(*one, R"("op":"hello")", "resumeToken"),
              field(*other, R"("op":"hello")", "resumeToken"));
}

TEST(Resume, AnyFrameTellsThatTheHelloArrived) {
    struct Case {
        const char* name;
        std::function<void(RoomClient&)> send;
    };
    const Case cases[] = {
        {"a text", [](RoomClient& client) { client.text(R"({"op":"ping","t":1})"); }},
        {"a pong",
         [](RoomClient& client) {
             std::string frame;
             net::append_masked_frame(frame, net::Opcode::pong, "", {1, 2, 3, 4});
             client.bytes(frame);
         }},
    };
    for (const auto& [name, send] : cases) {
        SCOPED_TRACE(name);
        RoomHouse house;
        const auto ghost = house.connect("ada");
        const Generation line = generation_of(*ghost);
        const auto winner = house.connect("ada", {}, line, line);
        EXPECT_TRUE(house.lane.lines().may_continue("sess_1", line, line).has_value());
        send(*winner);
        house.loop.run();
        EXPECT_EQ(house.lane.lines().may_continue("sess_1", line, line).error().reason,
                  "resume_token_reused");
    }
}

TEST(Resume, TokensAreRenewedOnTheOpenSocketBeforeHalfTheirTimeIsOver) {
    RoomHouse house;
    const auto ada = house.connect("ada");
    const auto first_token = field(*ada, R"("op":"hello")", "resumeToken");
    ASSERT_TRUE(house.resume_tokens.read(first_token).has_value());
    house.loop.run_for(std::chrono::minutes(59));  // The window, which is half a token's life.
    EXPECT_EQ(ada->heard(R"("op":"token")"), 0);
    house.loop.run_for(std::chrono::minutes(2));
    EXPECT_EQ(ada->heard(R"("op":"token")"), 1);
    const auto next = house.resume_tokens.read(field(*ada, R"("op":"token")", "resumeToken"));
    ASSERT_TRUE(next.has_value());
    EXPECT_EQ(next->generation, generation_of(*ada)) << "the same connection's";
    EXPECT_GT(next->expires_at, house.loop.clock().wall() + std::chrono::minutes(100));
}

TEST(Refresh, ANewAccessTokenGoesOnWhereTheOldOneEnds) {
    RoomHouse house;
    house.expires_in(std::chrono::minutes(10));
    const auto ada = house.connect("ada");
    house.loop.run_for(std::chrono::minutes(8));
    EXPECT_EQ(ada->heard(R"("op":"token.expiring")"), 0);
    house.loop.run_for(Millis(62'000));
    EXPECT_EQ(ada->heard(R"("op":"token.expiring")"), 1) << "once, a minute before";
    auto renewed = RoomHouse::principal("ada");
    renewed.expires_at = house.loop.clock().wall() + std::chrono::minutes(10);
    house.tokens["new"] = renewed;
    ada->text(R"({"op":"refresh","token":"new"})");
    house.loop.run_for(std::chrono::minutes(5));
    EXPECT_EQ(ada->heard(R"("op":"token")"), 1) << "the answer";
    EXPECT_EQ(ada->closed, 0);
    house.loop.run_for(std::chrono::minutes(6));
    EXPECT_EQ(ada->heard(R"("op":"token.expiring")"), 2);
    EXPECT_EQ(ada->closed, 4300) << "when it ends without another";
}

TEST(Refresh, IsNoWayToBecomeSomebodyElse) {
    struct Case {
        const char* name;
        std::optional<identity::Principal> holder;
        const char* code;
    };
    auto other_account = RoomHouse::principal("ada");
    other_account.account_id = "acct_2";
    auto bound = RoomHouse::principal("ada");
    bound.call = identity::CallBinding{"sess_2", contract::Role::user};
    const Case cases[] = {
        {"unknown", std::nullopt, "token_invalid"},
        {"another user", RoomHouse::principal("bob"), "forbidden"},
        {"another account", other_account, "forbidden"},
        {"a token for another call", bound, "session_not_found"},
    };
    for (const auto& [name, holder, code] : cases) {
        SCOPED_TRACE(name);
        RoomHouse house;
        const auto ada = house.connect("ada");
        if (holder) house.tokens["new"] = *holder;
        ada->text(R"({"op":"refresh","token":"new"})");
        house.loop.run();
        EXPECT_EQ(field(*ada, R"("op":"error")", "code"), code);
        EXPECT_EQ(ada->heard(R"("op":"token")"), 0);
        EXPECT_EQ(ada->closed, 0) << "the old one still counts";
    }
}

TEST(Lane, DrainsQuietCallsFirstAndEveryOneByItsTime) {
    RoomHouse house;
    const auto ada = house.connect("ada");
    const auto bot = house.connect("bot");
    house.loop.run_for(std::chrono::seconds(20));
    bool gone = false;
    house.lane.drain(std::chrono::seconds(10), [&] { gone = true; });
    house.loop.run_for(Millis(10));
    EXPECT_EQ(ada->heard(R"("op":"goaway")"), 1);
    EXPECT_FALSE(gone);
    house.loop.run_for(Millis(5'200));
    EXPECT_EQ(ada->closed, 4200);
    EXPECT_EQ(bot->closed, 4200) << "the call was quiet";
    EXPECT_TRUE(gone);
    EXPECT_FALSE(house.connected("ada")) << "and it was written down";
}

TEST(Lane, ACallInWhichSomebodySpeaksIsDrainedLast) {
    RoomHouse house;
    const auto ada = house.connect("ada");
    ada->note(1);
    house.loop.run();
    bool gone = false;
    house.lane.drain(std::chrono::seconds(10), [&] { gone = true; });
    house.loop.run_for(Millis(4'900));
    EXPECT_EQ(ada->closed, 0);
    ada->note(2);
    house.loop.run();
    EXPECT_EQ(ada->heard("note-2"), 1) << "it goes on until then";
    house.loop.run_for(Millis(5'200));
    EXPECT_EQ(ada->closed, 4200);
    EXPECT_TRUE(gone);
}

TEST(Lane, CutsThoseWhoHaveNoBusinessHereAnyMore) {
    RoomHouse house;
    const auto ada = house.connect("ada");
    const auto bot = house.connect("bot");
    house.lane.cut([](const identity::Principal& principal) -> std::optional<Error> {
        if (principal.user_id != "ada") return std::nullopt;
        return Error{Code::not_allowed, "account_disabled", "the account is disabled"};
    });
    house.loop.run();
    EXPECT_EQ(ada->closed, 4004);
    EXPECT_EQ(field(*ada, R"("op":"bye")", "reason"), "account_disabled");
    EXPECT_EQ(bot->closed, 0);
}

TEST(Ack, IsRememberedForWhoComesBackAndNeverGoesBack) {
    RoomHouse house;
    auto ada = house.connect("ada");
    EXPECT_EQ(ada->heard(R"("ackedSeq":0)"), 1);
    ada->text(R"({"op":"ack","seq":3})");
    ada->text(R"({"op":"ping","t":1,"ack":4})");
    ada->text(R"({"op":"ack","seq":2})");
    ada->text(R"({"op":"ack","seq":400})");
    house.loop.run();
    EXPECT_EQ(field(*ada, R"("op":"error")", "code"), "cursor_ahead");
    ada->leave();
    house.loop.run_for(std::chrono::minutes(50));
    ada = house.connect("ada");
    EXPECT_EQ(ada->heard(R"("ackedSeq":4)"), 1);
    const auto bot = house.connect("bot");
    EXPECT_EQ(bot->heard(R"("ackedSeq":0)"), 1) << "each has their own";
}

}  // namespace lifeline::gateway
