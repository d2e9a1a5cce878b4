#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/stream_eraser.h"
#include "base/test_folder.h"
#include "base/virtual_loop.h"
#include "contract/event.h"
#include "journal/sql_journal.h"
#include "session/documents.h"
#include "session/sessions.h"
#include "sql/fault_disk.h"

// What the tests of those stand on that wait for the eraser's turn.
namespace lifeline::app {

// A journal in which some streams cannot be written for the moment; it counts who is read.
class Refusing final : public journal::Journal {
public:
    explicit Refusing(journal::Journal& whole) : whole_(whole) {}

    void open(std::string stream, Loop& home,
              journal::Done<std::unique_ptr<journal::Stream>> done) override {
        if (!refused.contains(stream)) return whole_.open(std::move(stream), home, std::move(done));
        home.post([done = std::move(done)]() mutable {
            done(fail(Code::unavailable, "storage_unavailable", "there is no room"));
        });
    }
    void read(std::string stream, std::uint64_t after, journal::ReadLimit limit, Loop& home,
              journal::Done<std::vector<journal::StoredEvent>> done) override {
        ++reads[stream];
        whole_.read(std::move(stream), after, limit, home, std::move(done));
    }
    void read_all(std::uint64_t after_position, journal::ReadLimit limit, Loop& home,
                  journal::Done<std::vector<journal::JournalEvent>> done) override {
        whole_.read_all(after_position, limit, home, std::move(done));
    }
    void list_streams(std::string prefix, std::string after, std::size_t limit, Loop& home,
                      journal::Done<std::vector<journal::StreamHead>> done) override {
        whole_.list_streams(std::move(prefix), std::move(after), limit, home, std::move(done));
    }
    std::string epoch() const override { return whole_.epoch(); }
    std::uint64_t head_position() const override { return whole_.head_position(); }

    std::set<std::string, std::less<>> refused;
    std::map<std::string, std::size_t, std::less<>> reads;

private:
    journal::Journal& whole_;
};

// A journal on a test's disk with calls that are over, the calls' writers, and who erases in them,
// all on virtual time.
class ErasingHouse {
public:
    ErasingHouse() = default;
    ~ErasingHouse() { loop.drop_all(); }
    ErasingHouse(const ErasingHouse&) = delete;
    ErasingHouse& operator=(const ErasingHouse&) = delete;

    // Before anybody has it open.
    void said_and_over(const std::string& call) {
        append(
            call,
            {{"call.created", R"({"callId":")" + call +
                                  R"(","ownerId":"ada","accountId":"acct_1","channel":"text"})"},
             {"transcript.partial",
              R"({"utteranceId":"u1","speaker":"user","text":"a","startMs":0,"endMs":1,"rev":1})"},
             {"transcript.final",
              R"({"utteranceId":"u1","speaker":"user","text":"ab","startMs":0,"endMs":1})"},
             {"call.ended", R"({"callId":")" + call +
                                R"(","endedAt":"2026-02-16T10:00:00.000Z","durationSeconds":1,)"
                                R"("endReason":"completed"})"}});
    }
    std::vector<journal::StoredEvent> events(const std::string& call) {
        std::vector<journal::StoredEvent> found;
        journal->read(call, 0, {}, loop, [&](auto read) {
            ASSERT_TRUE(read.has_value()) << read.error().detail;
            found = *std::move(read);
        });
        loop.run();
        return found;
    }
    std::size_t count(const std::string& call, std::string_view type) {
        std::size_t found = 0;
        for (const auto& one : events(call))
            found += one.bytes.contains("\"type\":\"" + std::string(type) + "\"") ? 1 : 0;
        return found;
    }
    template <class View>
    void start(View& view, const std::string& file) {
        bool ready = false;
        view.start((folder / file).string(), [&](const Status& done) { ready = done.has_value(); });
        loop.run();
        ASSERT_TRUE(ready);
    }

    TestFolder folder;  // Of the views.
    sql::FaultDisk disk{1};
    SeededRandom random{1};
    VirtualLoop loop;
    std::unique_ptr<journal::SqlJournal> journal =
        journal::SqlJournal::open({.folder = {"data", disk.vfs()},
                                   .writer = loop,
                                   .marker = loop,
                                   .reader = loop,
                                   .clock = loop.clock(),
                                   .random = random,
                                   .boot = {1, 2}})
            .value();
    Refusing calls{*journal};
    session::Sessions sessions{{&loop}, calls};
    session::Documents documents{{&loop}, *journal};
    StreamEraser streams{
        {.home = loop,
         .journal = *journal,
         .sessions = sessions,
         .documents = documents,
         .measured = [](const std::string&, journal::Done<void> done) { done({}); }}};

private:
    void append(const std::string& stream,
                const std::vector<std::pair<std::string, std::string>>& said) {
        std::unique_ptr<journal::Stream> open;
        journal->open(stream, loop, [&](auto opened) { open = *std::move(opened); });
        loop.run();
        std::vector<journal::Draft> batch;
        for (const auto& [type, payload] : said) {
            const std::string id = "test_" + std::to_string(batch.size());
            batch.push_back(
                {id,
                 {"user", "ada"},
                 "",
                 contract::event_json(id, stream, "2026-02-16T10:00:00.000Z", type, payload)});
        }
        open->append(0, std::move(batch), [](const auto& done) { ASSERT_TRUE(done); });
        loop.run();
    }
};

}  // namespace lifeline::app
