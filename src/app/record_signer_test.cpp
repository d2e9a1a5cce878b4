// The series of keys that signs usage: one takes over from the other, whatever becomes of their
// files and of the process.
#include "app/record_signer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>

#include "base/digest.h"
#include "base/text.h"
#include "identity/key_folder.h"
#include "journal/test_view_house.h"

namespace lifeline::app {
namespace {

using namespace std::chrono_literals;
using metering::RecordKey;

class House {
public:
    House() { open(); }
    ~House() { close(); }
    // Null where it is only read.
    void open(bool writes = true) {
        if (writes) writer.emplace(loop, *journal, [] {});
        signer.emplace(RecordSigner::Parts{.home = loop,
                                           .worker = loop,
                                           .journal = *journal,
                                           .writer = writes ? &*writer : nullptr,
                                           .folder = keys,
                                           .random = random},
                       journal::SealKey(folder_key));
    }
    void close() {
        signer.reset();
        writer.reset();
    }
    void again() {
        close();
        open();
    }
    // As kill -9 leaves it: what is under way is gone, and nobody holds a stream.
    void crash() {
        loop.drop_all();
        close();
        journal = journal::found_again(*journal, loop);
    }
    // Why it does not; empty where it does.
    std::string start() {
        std::string reason = "unanswered";
        signer->start([&](const Status& may) { reason = may ? "" : may.error().reason; });
        loop.run_for(1s);
        return reason;
    }
    Result<RecordKey> rotate() {
        answer = fail(Code::internal, "unanswered", "");
        signer->rotate({.by = "usr_keeper", .reason = "yearly"}, loop,
                       [this](auto made) { answer = std::move(made); });
        loop.run_for(1s);
        return answer;
    }
    Result<RecordKey> revoke(const std::string& id) {
        answer = fail(Code::internal, "unanswered", "");
        signer->revoke(id, {.by = "usr_keeper", .reason = "stolen", .doubtful_from = 7}, loop,
                       [this](auto made) { answer = std::move(made); });
        loop.run_for(1s);
        return answer;
    }
    // "retired active", from the first on.
    std::string states() const {
        std::string told;
        for (const RecordKey& key : signer->history().all())
            told += (told.empty() ? "" : " ") + std::string(metering::to_text(key.state));
        return told;
    }
    // What is signed now proves itself by the history, and by an unbroken line from the first key.
    bool signs_well() const {
        const auto key = signer->signing();
        const auto history = signer->history();
        if (!key || history.active() == nullptr || history.active()->id != key->id) return false;
        const auto signature = signer->sign("100 ms of acct_one");
        const auto bytes = from_base64url(signature.text);
        const auto verifier =
            VerifyKey::ed25519(std::string_view(view(history.find(signature.key_id)->key)));
        return bytes && verifier && verifier->verify("100 ms of acct_one", *bytes) &&
               !history.doubt(key->id, journal->head_position() + 1) &&
               history.leads_from(history.all().front().key, key->id);
    }
    std::filesystem::path file(int number) const {
        return keys / ("usage-" + std::to_string(number) + ".key");
    }

    TestFolder folder;
    std::filesystem::path keys = folder / "keys";
    SeededRandom random{11};
    journal::FolderKey folder_key = *journal::FolderKey::create({folder.path().string()}, random);
    VirtualLoop loop;
    std::unique_ptr<journal::MemoryJournal> journal =
        std::make_unique<journal::MemoryJournal>(loop.clock(), "memory");
    std::optional<StreamWriter> writer;
    std::optional<RecordSigner> signer;
    Result<RecordKey> answer;  // The last; it may come late.
};

TEST(RecordSigner, BeginsASeriesOfItsOwnAndGoesOnWithItAfterARestart) {
    House at;
    EXPECT_EQ(at.signer->signing(), nullptr) << "the history is not read";
    EXPECT_EQ(at.rotate().error().reason, "not_ready");
    EXPECT_EQ(at.start(), "");
    EXPECT_EQ(at.states(), "retired active");
    EXPECT_EQ(at.signer->history().all()[0].id, journal::SealKey(at.folder_key).id());
    EXPECT_EQ(at.signer->history().all()[1].endorsed_by, journal::SealKey(at.folder_key).id());
    EXPECT_TRUE(at.signs_well());
    EXPECT_TRUE(std::filesystem::exists(at.file(1)));
    const std::string id = at.signer->signing()->id;
    const std::uint64_t said = at.journal->head_position();
    at.again();
    EXPECT_EQ(at.start(), "");
    EXPECT_EQ(at.signer->signing()->id, id);
    EXPECT_TRUE(at.signs_well());
    EXPECT_EQ(at.journal->head_position(), said) << "nothing is said again";
}

TEST(RecordSigner, WhatTheOldKeySignedIsWrittenBeforeItIsRetired) {
    House at;
    ASSERT_EQ(at.start(), "");
    auto held = at.signer->signing();
    const std::string former = held->id;
    EXPECT_EQ(at.rotate().error().reason, "unanswered") << "somebody still signs with it";
    EXPECT_NE(at.signer->signing()->id, former) << "who asks now gets the new one";
    EXPECT_EQ(at.states(), "retired active active");
    EXPECT_TRUE(at.signs_well());
    EXPECT_FALSE(at.signer->history().doubt(former, at.journal->head_position() + 1))
        << "both count for the moment in between";
    held.reset();
    at.loop.run_for(1s);
    EXPECT_TRUE(at.answer.has_value());
    EXPECT_EQ(at.states(), "retired retired active");
    EXPECT_TRUE(at.signer->history().doubt(former, at.journal->head_position() + 1));
    EXPECT_FALSE(
        at.signer->history().doubt(former, *at.signer->history().find(former)->retired_at - 1));
}

TEST(RecordSigner, RotationsComeOneAfterTheOther) {
    House at;
    ASSERT_EQ(at.start(), "");
    std::vector<std::string> became;
    for (int i = 0; i < 3; ++i)
        at.signer->rotate({.by = "usr_keeper", .reason = "in haste"}, at.loop,
                          [&](const Result<RecordKey>& made) {
                              ASSERT_TRUE(made.has_value());
                              EXPECT_EQ(made->state, RecordKey::State::active);
                              became.push_back(made->id);
                          });
    at.loop.run_for(1s);
    ASSERT_EQ(became.size(), 3u);
    EXPECT_EQ(at.states(), "retired retired retired retired active");
    EXPECT_EQ(at.signer->signing()->id, became.back());
    EXPECT_TRUE(at.signs_well());
}

TEST(RecordSigner, AnotherTakesOverFromOneThatIsRevoked) {
    House at;
    ASSERT_EQ(at.start(), "");
    const std::string stolen = at.signer->signing()->id;
    const auto revoked = at.revoke(stolen);
    ASSERT_TRUE(revoked.has_value()) << revoked.error().detail;
    EXPECT_EQ(revoked->state, RecordKey::State::revoked);
    EXPECT_EQ(revoked->doubtful_from, 7u);
    EXPECT_NE(at.signer->signing()->id, stolen);
    EXPECT_TRUE(at.signs_well());
    EXPECT_EQ(at.states(), "retired revoked active");
    EXPECT_EQ(at.revoke("0000000000000000").error().reason, "signing_key_not_found");
    at.again();
    EXPECT_EQ(at.start(), "");
    EXPECT_EQ(at.states(), "retired revoked active");
    EXPECT_TRUE(at.signs_well());
}

TEST(RecordSigner, AKeyWhoseFileIsLostIsReplaced) {
    House at;
    ASSERT_EQ(at.start(), "");
    const std::string lost = at.signer->signing()->id;
    std::filesystem::remove(at.file(1));
    at.again();
    EXPECT_EQ(at.start(), "");
    EXPECT_NE(at.signer->signing()->id, lost);
    EXPECT_EQ(at.states(), "retired retired active");
    EXPECT_TRUE(at.signs_well()) << "the seal key endorses it: the line is unbroken";
}

TEST(RecordSigner, AnotherKeyInTheFileIsNotTakenForTheActiveOne) {
    House at;
    ASSERT_EQ(at.start(), "");
    const std::string lost = at.signer->signing()->id;
    // A whole file under the right name, of another server.
    const auto elsewhere =
        identity::KeyFolder::open(at.folder / "other", identity::KeyFolder::Missing::create);
    ASSERT_TRUE(elsewhere.has_value());
    const auto seed = elsewhere->create("usage-1.key", at.random);
    ASSERT_TRUE(seed.has_value());
    const std::string other = journal::key_id(SigningKey::from_seed(seed->reveal()).public_key());
    std::filesystem::copy_file(at.folder / "other" / "usage-1.key", at.file(1),
                               std::filesystem::copy_options::overwrite_existing);
    at.again();
    EXPECT_EQ(at.start(), "");
    EXPECT_NE(at.signer->signing()->id, lost);
    EXPECT_EQ(at.signer->history().find(other), nullptr) << "it never signed here";
    EXPECT_EQ(at.states(), "retired retired active");
    EXPECT_TRUE(at.signs_well());
}

TEST(RecordSigner, NothingIsSignedWhereAFileIsDamagedOrAnybodyCanReadIt) {
    House at;
    ASSERT_EQ(at.start(), "");
    const std::uint64_t said = at.journal->head_position();
    using std::filesystem::perms;
    std::filesystem::permissions(at.file(1),
                                 perms::owner_read | perms::owner_write | perms::others_read);
    at.again();
    EXPECT_EQ(at.start(), "keys_exposed");
    EXPECT_EQ(at.signer->signing(), nullptr);
    std::filesystem::permissions(at.file(1), perms::owner_read | perms::owner_write);
    std::ofstream(at.file(1), std::ios::app) << "x";
    at.again();
    EXPECT_EQ(at.start(), "keys_corrupt");
    EXPECT_EQ(at.signer->signing(), nullptr);
    EXPECT_EQ(at.journal->head_position(), said)
        << "and no other key takes over behind anybody's back";
}

TEST(RecordSigner, ACommandOnAFolderReadsTheSeriesAndWritesNothing) {
    House at;
    at.close();
    at.open(false);
    EXPECT_EQ(at.start(), "") << "there is no series yet: the seal key signs";
    EXPECT_EQ(at.signer->signing()->id, journal::SealKey(at.folder_key).id());
    at.again();
    ASSERT_EQ(at.start(), "");
    const std::string id = at.signer->signing()->id;
    const std::uint64_t said = at.journal->head_position();
    at.close();
    at.open(false);
    EXPECT_EQ(at.start(), "");
    EXPECT_EQ(at.signer->signing()->id, id);
    std::filesystem::remove(at.file(1));
    at.close();
    at.open(false);
    EXPECT_EQ(at.start(), "keys_missing");
    EXPECT_EQ(at.journal->head_position(), said);
}

// Killed after each step there is of beginning and of rotating.
TEST(RecordSigner, ACrashInBetweenLeavesOneKeyThatSigns) {
    bool done = false;
    for (int steps = 0; !done; ++steps) {
        SCOPED_TRACE(steps);
        House at;
        at.signer->start([](const Status&) {});
        at.signer->rotate({.by = "usr_keeper", .reason = "yearly"}, at.loop,
                          [&](const auto&) { done = true; });
        for (int step = 0; step < steps; ++step)
            if (!at.loop.run_one()) {
                if (at.loop.timers() == 0) break;
                at.loop.run_for(20ms);
            }
        at.crash();
        at.open();
        ASSERT_EQ(at.start(), "");
        EXPECT_TRUE(at.signs_well());
        const auto history = at.signer->history();
        EXPECT_EQ(std::ranges::count(history.all(), RecordKey::State::active, &RecordKey::state),
                  1);
        const std::string id = at.signer->signing()->id;
        EXPECT_NE(id, journal::SealKey(at.folder_key).id());
        at.again();
        ASSERT_EQ(at.start(), "");
        EXPECT_EQ(at.signer->signing()->id, id);
    }
}

}  // namespace
}  // namespace lifeline::app
