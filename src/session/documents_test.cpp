#include "session/documents.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "base/virtual_loop.h"
#include "journal/memory_journal.h"
#include "session/document_news.h"
#include "session/feed.h"
#include "session/sessions.h"

namespace lifeline::session {

namespace {

using contract::Role;

const contract::Actor ada{"user", "ada"};

// A call and a document, each on a loop of its own.
class House {
public:
    House() : journal(call_loop.clock()) { restart(); }

    // As another process would: nothing but the journal is left.
    void restart() {
        news.reset();
        documents.reset();
        sessions.reset();
        sessions.emplace(std::vector<Loop*>{&call_loop}, journal);
        documents.emplace(std::vector<Loop*>{&document_loop}, journal);
        news.emplace(*documents, *sessions);
    }
    void run() {
        for (bool more = true; more;) {
            more = call_loop.run_one();
            more = document_loop.run_one() || more;
        }
    }
    static std::string text(const Result<Receipt>& receipt) {
        if (!receipt) return receipt.error().reason;
        return (receipt->duplicate ? "duplicate " : "ok ") + std::to_string(receipt->seq);
    }
    std::string submit(document::Request request) {
        std::string outcome = "no answer";
        documents->submit("doc_1", {std::move(request), ada, owner()}, document_loop,
                          [&](Result<Receipt> receipt) { outcome = text(receipt); });
        run();
        return outcome;
    }
    std::string submit_call(call::Request request) {
        std::string outcome = "no answer";
        sessions->submit("sess_1", {std::move(request), ada, Role::user}, call_loop,
                         [&](Result<Receipt> receipt) { outcome = text(receipt); });
        run();
        return outcome;
    }
    void create_call() {
        call::Create create;
        create.owner_id = "ada";
        create.account_id = "acct_1";
        create.channel = "text";
        create.connect_timeout = std::chrono::minutes(5);
        create.max_duration = std::chrono::hours(1);
        create.members = {{"ada", Role::user, ""}};
        submit_call(std::move(create));
    }
    std::string create(std::string session = {}) {
        document::Create create;
        create.kind = "cv";
        create.title = "CV";
        create.owner_id = "ada";
        create.account_id = "acct_1";
        create.session_id = std::move(session);
        return submit(std::move(create));
    }
    document::Publish edit(const std::string& id, std::uint64_t base, int value,
                           contract::Sender sender = contract::Sender::client) {
        auto event = checker.check(
            contract::event_json(id, "doc_1", format_rfc3339(document_loop.clock().wall()),
                                 "document.edit.requested",
                                 R"({"baseRev":)" + std::to_string(base) +
                                     R"(,"patch":[{"op":"add","path":"/n","value":)" +
                                     std::to_string(value) + "}]}"),
            sender);
        return {std::move(*event)};
    }
    static document::Caller owner() {
        return {.user_id = "ada",
                .account_id = "acct_1",
                .role = Role::user,
                .session_id = {},
                .role_in_call = {},
                .bound = false};
    }
    // "doc_1@2 ..." as the call knows them.
    std::string known() {
        std::string seen;
        sessions->look<std::string>(
            "sess_1", call_loop,
            [](Actor& actor) -> Result<std::string> {
                std::string all;
                for (const auto& one : actor.state().documents)
                    all += one.id + "@" + std::to_string(one.rev) + " " + one.title;
                return all + " head " + std::to_string(actor.stream().head());
            },
            [&](Result<std::string> all) { seen = all.value_or("no call"); });
        run();
        return seen;
    }

    VirtualLoop call_loop;
    VirtualLoop document_loop;
    journal::MemoryJournal journal;
    contract::EventChecker checker;
    std::optional<Sessions> sessions;
    std::optional<Documents> documents;
    std::optional<DocumentNews> news;
};

class Notes final : public FeedReader {
public:
    void take(std::vector<journal::StoredEvent> events) override { seen += events.size(); }
    void caught_up(std::uint64_t) override {}
    void ended(const Error& error) override { end = error.reason; }
    std::size_t seen = 0;
    std::string end;
};

}  // namespace

TEST(Documents, AreWrittenLikeCalls) {
    House house;
    EXPECT_EQ(house.submit(house.edit("e1", 0, 1)), "document_not_found");
    EXPECT_EQ(house.create(), "ok 1");
    EXPECT_EQ(house.create(), "ok 1") << "asked again";
    EXPECT_EQ(house.submit(house.edit("e1", 0, 1)), "ok 2");
    EXPECT_EQ(house.submit(house.edit("e1", 0, 1)), "duplicate 2");
    EXPECT_EQ(house.submit(house.edit("e1", 0, 2)), "id_conflict");
    house.restart();
    EXPECT_EQ(house.submit(house.edit("e1", 0, 1)), "duplicate 2");
    EXPECT_EQ(house.submit(house.edit("e2", 1, 2)), "ok 4");
}

// Asked again later, and it is another second: the server's id says that it is the same request.
TEST(Documents, AnIdOfTheServersOwnIsOneEventWhateverTheTime) {
    House house;
    house.create();
    EXPECT_EQ(house.submit(house.edit("ll_k", 0, 1, contract::Sender::server)), "ok 2");
    house.document_loop.run_for(std::chrono::seconds(5));
    EXPECT_EQ(house.submit(house.edit("ll_k", 0, 1, contract::Sender::server)), "duplicate 2");
    EXPECT_EQ(house.submit(house.edit("ll_k", 0, 2, contract::Sender::server)), "id_conflict");
}

TEST(DocumentNews, ACallKnowsTheNewestRevisionOfWhatIsSharedWithIt) {
    House house;
    house.create_call();
    EXPECT_EQ(house.known(), " head 2");
    house.create("sess_1");
    EXPECT_EQ(house.known(), "doc_1@0 CV head 3");
    house.submit(house.edit("e1", 0, 1));
    EXPECT_EQ(house.known(), "doc_1@1 CV head 4");
    house.submit(document::SetShare{"sess_1", true, document::ShareRole::none});
    EXPECT_EQ(house.known(), " head 5");
    house.submit(house.edit("e2", 1, 1));
    EXPECT_EQ(house.known(), " head 5");
    house.submit(document::SetShare{"sess_1", true, document::ShareRole::viewer});
    EXPECT_EQ(house.known(), "doc_1@2 CV head 6");
    house.submit_call({call::SetStatus{.wanted = call::Status::ended,
                                       .provider = {},
                                       .provider_ids = {},
                                       .reason = {},
                                       .detail = {}}});
    house.submit(house.edit("e3", 2, 1));
    EXPECT_EQ(house.known(), "doc_1@2 CV head 7");
}

// While the call is being told of one revision, twenty more come: it is told of the last.
TEST(DocumentNews, RevisionsThatCameMeanwhileAreOne) {
    House house;
    house.create_call();
    house.create("sess_1");
    for (int i = 0; i < 20; ++i) {
        house.documents->submit(
            "doc_1",
            {house.edit("e" + std::to_string(i), static_cast<std::uint64_t>(i), i), ada,
             House::owner()},
            house.document_loop,
            [](const Result<Receipt>& receipt) { EXPECT_TRUE(receipt.has_value()); });
        house.document_loop.run();  // The call's loop is busy.
    }
    house.run();
    EXPECT_EQ(house.known(), "doc_1@20 CV head 5");
}

// The document's event is on the disk, the call's is not.
TEST(DocumentNews, WhatACrashLostIsToldWhenTheDocumentIsOpened) {
    House house;
    house.create_call();
    house.create("sess_1");
    house.news.reset();
    house.submit(house.edit("e1", 0, 1));
    EXPECT_EQ(house.known(), "doc_1@0 CV head 3");
    house.restart();
    house.documents->look<bool>(
        "doc_1", house.document_loop, [](DocumentActor&) -> Result<bool> { return true; },
        [](const Result<bool>&) {});
    house.run();
    EXPECT_EQ(house.known(), "doc_1@1 CV head 4");
}

TEST(Documents, AFeedEndsWhenItIsShownToThemNoLonger) {
    House house;
    house.create("sess_1");
    Notes notes;
    document::Caller guest = House::owner();
    guest.user_id = "bob";
    guest.session_id = "sess_1";
    guest.role_in_call = Role::user;
    Feed feed(house.call_loop, *house.documents, "doc_1", 0, notes,
              Feed::MayRead<DocumentRules>([guest](const document::State& state) {
                  return document::may(state, guest, document::Right::read);
              }));
    feed.pull();
    house.run();
    EXPECT_EQ(notes.seen, 2u);
    feed.pull();
    house.submit(document::SetShare{"sess_1", true, document::ShareRole::none});
    EXPECT_EQ(notes.seen, 2u);
    EXPECT_EQ(notes.end, "document_not_found");
}

}  // namespace lifeline::session
