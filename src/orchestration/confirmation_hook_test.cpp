#include "orchestration/confirmation_hook.h"

#include <gtest/gtest.h>

#include "base/virtual_loop.h"
#include "contract/json.h"
#include "journal/memory_journal.h"

namespace lifeline::orchestration {
namespace {

class House {
public:
    House() : journal(loop.clock()) {
        journal.open("sess_1", loop, [&](auto opened) { stream = std::move(*opened); });
        loop.run();
        hook.emplace(
            loop, journal,
            [this](net::FetchRequest request, net::HttpClient::Done done) {
                sent.push_back(request);
                const unsigned status = sent.size() > refusals ? 204 : 503;
                loop.post([status, done = std::move(done)]() mutable {
                    done(net::Response{status, {}, ""});
                });
            },
            ConfirmationHook::Options{.url = "https://ops.example/asked",
                                      .page = [this] { return page; }});
    }
    void asks(const std::string& id, Millis within) {
        const std::string hash(64, 'a');
        append("safety.confirmation.requested",
               R"({"confirmationId":")" + id +
                   R"(","actionId":"act_1","title":"Send?","description":"d",)"
                   R"("severity":"info","scope":{"kind":"other","target":"x",)"
                   R"("audience":"external"},"preview":"","argsHash":")" +
                   hash + R"(","allowedDecisions":["approve"],"expiresAt":")" +
                   format_rfc3339(loop.clock().wall() + within) + R"(","channel":"ui"})");
    }
    void append(const std::string& type, const std::string& payload) {
        const std::string id = "ll_" + std::to_string(stream->head());
        stream->append(
            stream->head(),
            {{id,
              {"server", "lifeline"},
              "",
              contract::event_json(id, "sess_1", "2026-02-16T10:00:00.000Z", type, payload)}},
            [](auto appended) { ASSERT_TRUE(appended.has_value()); });
        loop.run();
        hook->poke();
    }

    VirtualLoop loop;
    journal::MemoryJournal journal;
    std::unique_ptr<journal::Stream> stream;
    std::vector<net::FetchRequest> sent;
    std::size_t refusals = 0;
    std::string page;
    std::optional<ConfirmationHook> hook;
};

TEST(ConfirmationHook, TellsOfWhatIsAskedFromNowOnAndOfNothingElse) {
    House house;
    house.asks("cnf_before", std::chrono::minutes(5));
    house.loop.run();
    house.hook->start();
    house.loop.run();
    house.append("x.note", R"({"text":"\"type\":\"safety.confirmation.requested\""})");
    house.asks("cnf_1", std::chrono::minutes(5));
    house.loop.run();
    ASSERT_EQ(house.sent.size(), 1u);
    EXPECT_EQ(house.sent[0].url, "https://ops.example/asked");
    EXPECT_EQ(net::find_header(house.sent[0].headers, "webhook-id")->substr(0), "sess_1:cnf_1");
    EXPECT_NE(house.sent[0].body.find(R"("confirmationId":"cnf_1")"), std::string::npos);
}

TEST(ConfirmationHook, LeadsToTheQuestionWhereThereIsAPage) {
    struct Case {
        const char* page;
        const char* link;
    };
    const Case cases[] = {
        {"", ""},
        {"https://calls.example", "https://calls.example/#session=sess_1&confirmation=cnf_1"},
        {"https://calls.example/app/",
         "https://calls.example/app/#session=sess_1&confirmation=cnf_1"},
    };
    for (const auto& [page, link] : cases) {
        SCOPED_TRACE(page);
        House house;
        house.page = page;
        house.hook->start();
        house.loop.run();
        house.asks("cnf_1", std::chrono::minutes(5));
        house.loop.run();
        ASSERT_EQ(house.sent.size(), 1u);
        const auto body = contract::Json::parse(house.sent[0].body);
        ASSERT_TRUE(body);
        EXPECT_EQ(body->text("url").value_or(""), link);
    }
}

TEST(ConfirmationHook, TriesAgainUntilItIsTaken) {
    House house;
    house.refusals = 3;
    house.hook->start();
    house.loop.run();
    house.asks("cnf_1", std::chrono::minutes(5));
    house.loop.run_for(std::chrono::seconds(8));
    EXPECT_EQ(house.sent.size(), 4u);  // At once, and after 1, 2 and 4 seconds: 7 in all.
    house.loop.run_for(std::chrono::minutes(1));
    EXPECT_EQ(house.sent.size(), 4u);
}

TEST(ConfirmationHook, GivesUpWhenTheQuestionIsOver) {
    House house;
    house.refusals = 1'000;
    house.hook->start();
    house.loop.run();
    house.asks("cnf_1", std::chrono::seconds(10));
    house.loop.run_for(std::chrono::seconds(30));
    EXPECT_EQ(house.sent.size(), 4u);  // At once, and after 1, 2 and 4 seconds.
    EXPECT_EQ(house.hook->given_up(), 1u);
}

}  // namespace
}  // namespace lifeline::orchestration
