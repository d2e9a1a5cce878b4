#include "app/alert_sender.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/virtual_loop.h"
#include "journal/memory_journal.h"
#include "sql/database.h"

namespace lifeline::app {
namespace {

using namespace std::chrono_literals;
using findings::ParkedAlert;

const std::string account = "acct_one";

class House {
public:
    House() {
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
        open();
    }
    ~House() {
        close();
        std::filesystem::remove_all(folder);
    }
    void open() {
        view.emplace(loop, loop, journal);
        view->start((folder / "findings.db").string(),
                    [](const Status& ready) { ASSERT_TRUE(ready); });
        loop.run();
        writer.emplace(loop, journal, [this] { view->poke(); });
        sender.emplace(
            AlertSender::Parts{
                .home = loop,
                .findings = *view,
                .writer = *writer,
                .post = [this](const net::FetchRequest& request,
                               net::HttpClient::Done done) { posted(request, std::move(done)); }},
            AlertSender::Options{.url = "http://127.0.0.1:9", .attempts = 3});
        view->on_change([this] { sender->look(); });
        sender->look();
        loop.run();
    }
    void close() {
        sender.reset();
        writer.reset();
        view.reset();
    }
    void posted(const net::FetchRequest& request, net::HttpClient::Done done) {
        for (const auto& [name, value] : request.headers)
            if (name == "webhook-id") ids.push_back(value);
        bodies.push_back(request.body);
        if (answer == 0) return done(fail(Code::unavailable, "peer_unavailable", "nobody there"));
        net::Response response;
        response.status = answer;
        done(response);
    }
    void differs(const std::string& id) {
        writer->write({.stream = account,
                       .name = "test:",
                       .type = "billing.reconciliation.mismatch",
                       .payload = R"({"findingId":")" + id +
                                  R"(","runId":"rr_1","window":"2026-02-16T09:00Z",)"
                                  R"("meter":"call.duration_ms","class":"missing","layer":"book",)"
                                  R"("item":"minutes","expectedQuantity":"5",)"
                                  R"("recordedQuantity":"0","quantityDelta":"-5"})",
                       .done = [](const Status& done) { ASSERT_TRUE(done); }});
        loop.run();
    }
    // To the view's tables, behind its back.
    void alter(const std::string& sql) {
        auto file =
            sql::Database::open((folder / "findings.db").string(), {.access = sql::Access::write});
        ASSERT_TRUE(file.has_value());
        ASSERT_TRUE(file->run(sql));
    }
    std::vector<ParkedAlert> parked() {
        std::vector<ParkedAlert> found;
        view->ask<std::vector<ParkedAlert>>(
            loop, [&](auto all) { found = *std::move(all); },
            [](findings::FindingsStore& store) { return store.parked(0, 100); });
        loop.run();
        return found;
    }
    std::string became(const std::string& id) {
        std::string state;
        view->ask<std::string>(
            loop, [&](auto known) { state = *std::move(known); },
            [id](findings::FindingsStore& store) { return store.became(id); });
        loop.run();
        return state;
    }
    // Why it is refused; empty where it is not.
    std::string resend(const std::string& id) {
        std::string reason = "unanswered";
        sender->resend({id, "usr_root"}, loop,
                       [&](const Status& done) { reason = done ? "" : done.error().reason; });
        loop.run();
        return reason;
    }

    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("alerts_" + std::to_string(::getpid()));
    VirtualLoop loop;
    journal::MemoryJournal journal{loop.clock(), "memory"};
    std::optional<findings::Findings> view;
    std::optional<StreamWriter> writer;
    std::optional<AlertSender> sender;
    unsigned answer = 200;  // 0: nobody is there.
    std::vector<std::string> ids;
    std::vector<std::string> bodies;
};

TEST(AlertSender, WhatNobodyTakesIsGivenUpAndWaits) {
    House at;
    at.answer = 503;
    at.differs("mm_1");
    at.loop.run_for(1min);
    ASSERT_EQ(at.ids.size(), 3u);
    EXPECT_EQ(at.ids[0], at.ids[2]) << "one id for all attempts";
    const auto waiting = at.parked();
    ASSERT_EQ(waiting.size(), 1u);
    EXPECT_EQ(waiting[0].id, at.ids[0]);
    EXPECT_EQ(waiting[0].stream, account);
    EXPECT_EQ(waiting[0].finding_id, "mm_1");
    EXPECT_EQ(waiting[0].kind, "opened");
    EXPECT_EQ(waiting[0].attempts, 3u);
    EXPECT_EQ(waiting[0].status, 503u);
    EXPECT_EQ(waiting[0].message, "it answered 503");
    at.close();
    at.open();
    at.loop.run_for(24h);
    EXPECT_EQ(at.ids.size(), 3u) << "by itself it is told no more";
}

TEST(AlertSender, WhatWasGivenUpIsToldAgainWhenSomebodySaysSo) {
    House at;
    at.answer = 410;
    at.differs("mm_1");
    at.differs("mm_2");
    at.loop.run_for(1min);
    ASSERT_EQ(at.ids.size(), 2u) << "it said that it wants no more";
    const std::string id = at.ids[0];
    const std::string body = at.bodies[0];
    at.close();
    at.open();
    at.answer = 200;
    EXPECT_EQ(at.resend(id), "");
    at.loop.run_for(1min);
    ASSERT_EQ(at.ids.size(), 3u);
    EXPECT_EQ(at.ids[2], id);
    EXPECT_EQ(at.bodies[2], body) << "the same alert";
    ASSERT_EQ(at.parked().size(), 1u);
    EXPECT_EQ(at.parked()[0].finding_id, "mm_2");
    EXPECT_EQ(at.resend(id), "alert_not_found") << "it is delivered";
    EXPECT_EQ(at.resend("al_none"), "alert_not_found");
    EXPECT_EQ(at.ids.size(), 3u);
}

TEST(AlertSender, WhatIsGivenUpAgainWaitsAgain) {
    House at;
    at.answer = 0;
    at.differs("mm_1");
    at.loop.run_for(1min);
    const std::string id = at.ids.at(0);
    EXPECT_EQ(at.resend(id), "");
    EXPECT_EQ(at.ids.size(), 4u);
    EXPECT_TRUE(at.parked().empty());
    EXPECT_EQ(at.resend(id), "") << "it is on its way";
    EXPECT_EQ(at.ids.size(), 4u);
    at.loop.run_for(1min);
    EXPECT_EQ(at.ids.size(), 6u);
    EXPECT_EQ(at.parked().size(), 1u);
    EXPECT_EQ(at.parked()[0].status, 0u) << "nobody answered";
    at.answer = 200;
    EXPECT_EQ(at.resend(id), "");
    at.loop.run_for(1min);
    EXPECT_TRUE(at.parked().empty());
    EXPECT_EQ(at.became(id), "delivered");
    EXPECT_EQ(at.ids.size(), 7u);
}

TEST(AlertSender, WhoWantsItToldAgainIsWrittenAndHoldsOverARestart) {
    House at;
    at.answer = 410;
    at.differs("mm_1");
    at.loop.run_for(1min);
    const std::string id = at.ids.at(0);
    at.answer = 0;
    EXPECT_EQ(at.resend(id), "");
    EXPECT_EQ(at.became(id), "resent");
    at.close();
    at.loop.run_for(200h);  // No longer news, but somebody asked for it.
    at.answer = 200;
    at.open();
    at.loop.run_for(1min);
    EXPECT_EQ(at.became(id), "delivered");
    EXPECT_EQ(at.ids.back(), id);
    at.close();
    const auto told = at.ids.size();
    at.open();
    at.loop.run_for(1min);
    EXPECT_EQ(at.ids.size(), told) << "once";
}

TEST(AlertSender, ANoticeIsToldAgainWhileWhatItSaysIsSo) {
    House at;
    const AlertSender::Notice notice{
        .id = "al_late", .type = "billing.window.overdue", .data_json = R"({"lastWindow":"x"})"};
    at.answer = 500;
    at.sender->tell(notice);
    at.loop.run_for(1min);
    ASSERT_EQ(at.ids.size(), 3u);
    ASSERT_EQ(at.parked().size(), 1u);
    EXPECT_EQ(at.parked()[0].stream, "sys_billing");
    EXPECT_EQ(at.parked()[0].kind, "");
    at.close();
    at.open();
    at.answer = 200;
    EXPECT_EQ(at.resend("al_late"), "alert_not_found") << "as far as is known it is over";
    at.sender->tell(notice);
    at.loop.run_for(1min);
    EXPECT_EQ(at.ids.size(), 3u) << "it was given up, restart or not";
    EXPECT_EQ(at.resend("al_late"), "");
    at.loop.run_for(1min);
    EXPECT_EQ(at.ids.size(), 4u);
    EXPECT_TRUE(at.parked().empty());
}

TEST(AlertSender, ANoticeOfWhichTheViewCannotSayWhatBecameIsTold) {
    House at;
    const AlertSender::Notice notice{.id = "al_missed",
                                     .type = "billing.reconciliation.missed",
                                     .data_json = R"({"lastWindow":"x"})"};
    at.alter("alter table settled rename to away");
    at.sender->tell(notice);
    at.loop.run_for(1min);
    EXPECT_EQ(at.ids, std::vector<std::string>{"al_missed"});
    at.sender->tell(notice);
    at.loop.run_for(1min);
    EXPECT_EQ(at.ids.size(), 1u);
    at.alter("alter table away rename to settled");
    EXPECT_EQ(at.became("al_missed"), "delivered");
    at.close();
    at.open();
    at.sender->tell(notice);
    at.loop.run_for(1min);
    EXPECT_EQ(at.ids.size(), 1u);
}

}  // namespace
}  // namespace lifeline::app
