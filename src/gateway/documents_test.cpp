#include <gtest/gtest.h>

#include <string>

#include "gateway/connection.h"
#include "gateway/test_room.h"

// Documents beside a call, on its socket.
namespace lifeline::gateway {

namespace {

const document::Caller ada_herself{.user_id = "ada",
                                   .account_id = "acct_1",
                                   .role = contract::Role::user,
                                   .session_id = {},
                                   .role_in_call = {},
                                   .bound = false};

// Ada's document, shared with her call.
class Shared : public RoomHouse {
public:
    explicit Shared(Limits with = {}) : RoomHouse(with) {
        document::Create create;
        create.kind = "cv";
        create.title = "CV";
        create.owner_id = "ada";
        create.account_id = "acct_1";
        create.session_id = "sess_1";
        ask(std::move(create));
    }
    void ask(document::Request request) {
        documents.submit(
            "doc_1", {std::move(request), {"user", "ada"}, ada_herself}, loop,
            [](const Result<session::Receipt>& receipt) { EXPECT_TRUE(receipt.has_value()); });
        loop.run();
    }
    static std::string edit(const std::string& id, int base, const std::string& value) {
        return contract::event_json(
            id, "doc_1", "2026-02-16T10:00:00.000Z", "document.edit.requested",
            R"({"baseRev":)" + std::to_string(base) +
                R"(,"patch":[{"op":"add","path":"/n","value":")" + value + "\"}]}");
    }
    void edit_it(int base, const std::string& value) {
        contract::EventChecker checker;
        ask(document::Publish{*checker.check(edit("r" + std::to_string(base), base, value))});
    }
    void say(RoomClient& client, const std::string& text) {
        client.text(text);
        loop.run();
    }
};

constexpr const char* subscribe =
    R"({"op":"subscribe","stream":"doc_1","after":0,"epoch":"memory"})";

}  // namespace

TEST(ConnectionDocuments, AreFollowedAndEditedOnTheCallsSocket) {
    Shared house;
    const auto bot = house.connect("bot");
    house.say(*bot, R"({"op":"publish","event":)" + house.edit("e0", 0, "x") + "}");
    EXPECT_EQ(bot->heard("not_subscribed"), 1);
    house.say(*bot, subscribe);
    EXPECT_EQ(bot->heard(R"("stream":"doc_1","event":)"), 2);
    EXPECT_EQ(bot->heard(R"({"op":"replay.complete","seq":2,"stream":"doc_1"})"), 1);
    house.say(*bot, R"({"op":"publish","event":)" + house.edit("e1", 0, "x") + "}");
    EXPECT_EQ(bot->heard("\"cause\":\"e1\""), 1);
    EXPECT_EQ(bot->heard("\"type\":\"document.edited\""), 1);
    EXPECT_EQ(bot->heard("\"op\":\"accepted\""), 0) << "its own event is its acknowledgement";
    house.say(*bot, R"({"op":"publish","event":)" + house.edit("e1", 0, "x") + "}");
    EXPECT_EQ(bot->heard("\"duplicate\":true"), 1);
    house.say(*bot, R"({"op":"unsubscribe","stream":"doc_1"})");
    house.edit_it(1, "y");
    EXPECT_EQ(bot->heard("\"type\":\"document.edited\""), 1);
}

TEST(ConnectionDocuments, EndWithTheirShare) {
    Shared house;
    const auto bot = house.connect("bot");
    house.say(*bot, subscribe);
    house.ask(document::SetShare{"sess_1", true, document::ShareRole::none});
    EXPECT_EQ(bot->heard(R"("stream":"doc_1","code":"document_not_found")"), 1);
    EXPECT_EQ(bot->heard("document.unshared"), 0);
    house.say(*bot, subscribe);
    EXPECT_EQ(bot->heard(R"("stream":"doc_1","code":"document_not_found")"), 2);
    EXPECT_EQ(bot->closed, 0);
}

TEST(ConnectionDocuments, AreNotManyAndNotAnything) {
    Shared house;
    const auto ada = house.connect("ada");
    for (int i = 0; i < 17; ++i)
        ada->text(R"({"op":"subscribe","stream":"doc_x)" + std::to_string(i) +
                  R"(","after":0,"epoch":"memory"})");
    house.loop.run();
    EXPECT_EQ(ada->heard("subscriptions_full"), 1);
    EXPECT_EQ(ada->heard("document_not_found"), 16);
    house.say(*ada, R"({"op":"subscribe","stream":"sess_1","after":0,"epoch":"memory"})");
    EXPECT_EQ(ada->heard("document_not_found"), 17);
    house.say(*ada, R"({"op":"subscribe","stream":"doc_1","after":1,"epoch":"other"})");
    EXPECT_EQ(ada->heard("epoch_changed"), 1);
    house.say(*ada, R"({"op":"subscribe","stream":"doc_1","after":9,"epoch":"memory"})");
    EXPECT_EQ(ada->heard("cursor_ahead"), 1);
}

// The call goes on beside a document that its reader is far behind in, and everything comes.
TEST(ConnectionDocuments, ASlowReaderGetsAllOfBothInTheEnd) {
    Shared house({.events_per_second = 100'000, .events_burst = 100'000});
    for (int i = 0; i < 30; ++i) house.edit_it(i, std::string(8000, 'v'));
    house.clients_read = false;
    const auto bot = house.connect("bot", {.capacity = 4096});
    bot->text(subscribe);
    house.loop.run();
    for (int n = 0; n < 50; ++n) {
        bot->note(n);
        house.loop.run();
    }
    for (int turn = 0; turn < 4000 && bot->heard("\"type\":\"x.note\"") < 50; ++turn) {
        bot->read(2000);
        house.loop.run();
    }
    EXPECT_EQ(bot->heard("\"type\":\"document.edited\""), 30);
    EXPECT_EQ(bot->heard("\"type\":\"x.note\""), 50);
    EXPECT_EQ(bot->closed, 0);
}

}  // namespace lifeline::gateway
