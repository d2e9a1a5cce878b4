#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "journal/test_view_house.h"
#include "search/match_text.h"
#include "search/search.h"

namespace lifeline::search {

// A journal in memory in which calls and documents are, and the view on a folder of its own.
class House : public journal::MemoryHouse {
public:
    void append(const std::string& stream, const std::string& type, const std::string& payload,
                const std::string& by = "ada") {
        MemoryHouse::append(stream, type, payload, "2026-02-16T10:00:00.000Z", {"user", by});
    }
    void call(const std::string& id, const std::vector<std::string>& users,
              const std::string& account = "acct_1") {
        append(id, "call.created",
               R"({"callId":")" + id + R"(","ownerId":"ada","accountId":")" + account +
                   R"(","channel":"text"})");
        for (const auto& user : users) join(id, user);
    }
    void join(const std::string& id, const std::string& user) {
        append(id, "call.participant.added",
               R"({"callId":")" + id + R"(","participantId":")" + user + R"(","role":"user"})");
    }
    void leave(const std::string& id, const std::string& user) {
        append(id, "call.participant.left",
               R"({"callId":")" + id + R"(","participantId":")" + user +
                   R"(","role":"user","reason":"hangup"})");
    }
    void say(const std::string& call, const std::string& utterance, const std::string& type,
             const std::string& fields, const std::string& by = "ada") {
        append(call, "transcript." + type, R"({"utteranceId":")" + utterance + "\"" + fields + "}",
               by);
    }
    void final(const std::string& call, const std::string& utterance, const std::string& text,
               const std::string& by = "ada") {
        say(call, utterance, "final",
            R"(,"speaker":"user","startMs":0,"endMs":1,"text":")" + text + "\"", by);
    }
    void document(const std::string& id, const std::string& owner, const std::string& title,
                  const std::string& initial = "{}", const std::string& account = "acct_1") {
        append(id, "document.created",
               R"({"documentId":")" + id + R"(","kind":"note","ownerId":")" + owner +
                   R"(","accountId":")" + account + R"(","title":")" + title + R"(","initial":)" +
                   initial + "}");
    }
    void edit(const std::string& id, int rev, const std::string& patch) {
        append(id, "document.edited",
               R"({"rev":)" + std::to_string(rev) + R"(,"baseRev":)" + std::to_string(rev - 1) +
                   R"(,"by":"ada","patch":)" + patch + "}");
    }
    void share(const std::string& id, const std::string& with, bool ended = false) {
        const std::string key = with.starts_with("sess_") ? "sessionId" : "userId";
        append(id, ended ? "document.unshared" : "document.shared",
               R"({"role":"viewer","with":{")" + key + R"(":")" + with + R"("}})");
    }
    std::unique_ptr<Search> open() {
        auto search = std::make_unique<Search>(loop, loop, journal);
        start(*search, "search.db");
        return search;
    }
    // "call utterance" of each that is found, the best first.
    std::vector<std::string> find(Search& search, const std::string& typed, Query query = {}) {
        query.match = *match_text(typed);
        std::vector<std::string> names;
        for (const auto& one : all(search, std::move(query)))
            names.push_back(one.kind == "document" ? one.id : one.session_id + " " + one.id);
        return names;
    }
    std::vector<Found> all(Search& search, Query query) {
        return answer<std::vector<Found>>(
            [&](auto done) { search.find(std::move(query), loop, std::move(done)); });
    }
};

}  // namespace lifeline::search
