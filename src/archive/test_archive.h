#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "archive/verify.h"
#include "archive/writer.h"
#include "contract/event.h"
#include "journal/maintenance.h"
#include "journal/test_folders.h"

namespace lifeline::archive {

// A journal with one call among others on the real disk, and the call's archive.
class ArchiveTest : public journal::FoldersTest {
protected:
    static constexpr const char* call = "sess_call";

    void start(std::uint64_t rows_between_seals = 1'000) {
        auto opened = journal::SqlJournal::open({.folder = data_,
                                                 .writer = loop_,
                                                 .marker = loop_,
                                                 .reader = loop_,
                                                 .clock = clock_,
                                                 .random = random_,
                                                 .boot = {1, 2},
                                                 .seals = {.rows = rows_between_seals}});
        ASSERT_TRUE(opened) << opened.error().detail;
        journal_ = std::move(*opened);
    }
    void stop() {
        ASSERT_TRUE(journal::wait_for<void>(
            loop_, [&](auto done) { journal_->close(loop_, std::move(done)); }));
        journal_.reset();
    }

    // An event of the call or of another stream; all that is said before the next commit() is one
    // row.
    void say(const std::string& type, const std::string& payload,
             const std::string& stream = call) {
        auto& batch = pending_[stream];
        const std::string id = "evt_" + std::to_string(++events_);
        batch.push_back(
            {.event_id = id,
             .actor = {"user", "ada"},
             .cause = "",
             .bytes = contract::event_json(id, stream, "2026-02-16T10:00:00.000Z", type, payload)});
    }
    void words(const std::string& utterance, const std::string& text,
               const std::string& stream = call) {
        say("transcript.final",
            R"({"utteranceId":")" + utterance + R"(","speaker":"user","text":")" + text +
                R"(","startMs":0,"endMs":1000})",
            stream);
    }
    void commit() {
        journal::Caller caller(*journal_, loop_);
        std::vector<std::unique_ptr<journal::Stream>> open;
        for (const auto& [stream, batch] : pending_) open.push_back(caller.open(stream));
        // Only now, since opening one runs the loop.
        auto stream = open.begin();
        for (auto& [name, batch] : pending_) {
            (*stream)->append((*stream)->head(), std::move(batch),
                              [](auto done) { EXPECT_TRUE(done); });
            ++stream;
        }
        loop_.run();
        pending_.clear();
        clock_.advance(Millis(1'000));
    }
    // Rows of nobody we know.
    void others(int rows) {
        for (int i = 0; i < rows; ++i) {
            words("u", "what is said elsewhere", "sess_other");
            commit();
        }
    }
    // Two rows of the call with others' records in them, one decision, and others between.
    void small_call() {
        say("call.created",
            R"({"callId":"sess_call","ownerId":"ada","accountId":"acct_1","channel":"text"})");
        words("u1", "elsewhere", "sess_a");
        words("u9", "elsewhere too", "sess_z");
        commit();
        others(2);
        words("u1", "Guten Tag, “hier” ist Ada\\nLovelace");
        say("safety.blocked",
            R"({"policyId":"pol_1","reason":"quota","decision":"blocked","actionId":"act_1"})");
        words("u2", "elsewhere again", "sess_a");
        commit();
    }
    void erase(std::uint64_t seq) {
        ASSERT_TRUE(journal::wait_for<std::uint64_t>(
            loop_, [&](auto done) { journal_->erase(call, seq, seq, loop_, std::move(done)); }));
    }
    std::vector<std::uint64_t> positions() {
        std::vector<std::uint64_t> found;
        EXPECT_TRUE(journal::for_each_event(
            data_, 0, [&](const journal::JournalEvent& event) -> Result<bool> {
                if (event.stream == call) found.push_back(event.event.position);
                return true;
            }));
        return found;
    }
    std::string archive(std::uint64_t rest_max = 2'000, std::vector<KeyLine> keys = {}) {
        auto writer = Writer::open(data_, {.session_id = call,
                                           .positions = positions(),
                                           .now = WallTime(Millis(1'771'240'000'000)),
                                           .keys = std::move(keys),
                                           .rest_max = rest_max});
        EXPECT_TRUE(writer) << writer.error().detail;
        std::string text;
        for (bool more = true; more;) {
            const auto next = (*writer)->next(text);
            EXPECT_TRUE(next) << next.error().detail;
            more = next && *next;
        }
        return text;
    }
    static Result<Report> check(const std::string& text, const Known& known = {}) {
        std::istringstream in(text);
        return verify(in, known);
    }
    // "whole", or the first problem.
    static std::string problem(const std::string& text, const Known& known = {}) {
        const auto report = check(text, known);
        if (!report) return report.error().reason;
        return report->ok()
                   ? "whole"
                   : report->problems.front().reason + ": " + report->problems.front().detail;
    }
    journal::SealKey key() {
        auto opened = journal::SealKey::open(data_);
        EXPECT_TRUE(opened);
        return *opened;
    }
    journal::SignedHead publish() {
        const auto head = journal::marked_head(data_);
        EXPECT_TRUE(head) << head.error().detail;
        auto made = journal::sign_head(key(), *head, clock_.wall());
        EXPECT_TRUE(journal::append_head(journal::heads_path(data_), journal::head_line(made)));
        return made;
    }

    journal::Folder data_ = folder("data");
    std::unique_ptr<journal::SqlJournal> journal_;

private:
    std::map<std::string, std::vector<journal::Draft>> pending_;
    int events_ = 0;
};

inline std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}
inline std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& line : lines) text += line + "\n";
    return text;
}

}  // namespace lifeline::archive
