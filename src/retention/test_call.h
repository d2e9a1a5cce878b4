#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "contract/event.h"
#include "retention/call_contents.h"

namespace lifeline::retention {

// A call's events as the journal has them, and what is left of them when a plan was carried out.
class TestCall {
public:
    struct Stored {
        std::uint64_t seq = 0;
        std::string event_id;
        contract::Actor actor;
        std::string cause;
        std::string bytes;  // Empty when erased.
    };

    // Gives the seq.
    std::uint64_t add(const std::string& type, const std::string& payload,
                      const std::string& actor = "lifeline", const std::string& cause = {}) {
        const std::uint64_t seq = stored.size() + 1;
        const std::string id = type == "call.created" ? "ll_created" : "e" + std::to_string(seq);
        stored.push_back(
            {seq,
             id,
             {actor == "lifeline" ? "server" : "user", actor},
             cause,
             contract::event_json(id, "sess_1", "2026-02-16T10:00:00.000Z", type, payload)});
        EXPECT_TRUE(checker_.read_stored(stored.back().bytes).has_value()) << payload;
        return seq;
    }
    void created(const std::string& owner, const std::string& more = {}) {
        add("call.created",
            R"({"callId":"sess_1","ownerId":")" + owner +
                R"(","accountId":"acct_1","channel":"text")" + more + "}",
            owner);
    }
    void added(const std::string& user, const std::string& name = {}) {
        const std::string identity =
            name.empty() ? "" : R"(,"identity":{"displayName":")" + name + "\"}";
        add("call.participant.added", R"({"callId":"sess_1","participantId":")" + user +
                                          R"(","role":"user")" + identity + "}");
    }
    std::uint64_t said(const std::string& user, const std::string& utterance,
                       const std::string& text, const std::string& by = {}) {
        const std::string whose = by.empty() ? "" : R"(,"participantId":")" + user + "\"";
        if (!by.empty())
            add("transcript.utterance.started",
                R"({"utteranceId":")" + utterance + R"(","speaker":"user")" + whose +
                    R"(,"startMs":0})",
                by);
        return add("transcript.final",
                   R"({"utteranceId":")" + utterance + R"(","speaker":"user","text":")" + text +
                       R"(","startMs":0,"endMs":1})",
                   by.empty() ? user : by);
    }
    void ended(const std::string& detail = {}, const std::string& cause = {}) {
        add("call.ended",
            R"({"callId":"sess_1","endedAt":"2026-02-16T10:00:00.000Z","durationSeconds":1,)"
            R"("endReason":"completed")" +
                (detail.empty() ? "" : R"(,"endDetail":")" + detail + "\"") + "}",
            "lifeline", cause);
    }

    CallContents contents() const {
        CallContents out;
        contract::EventChecker checker;
        for (const Stored& one : stored) {
            const auto event = checker.read_stored(one.bytes);
            out.take({.seq = one.seq,
                      .event_id = one.event_id,
                      .actor = one.actor,
                      .cause = one.cause,
                      .at = WallTime(Millis(1'000 * static_cast<std::int64_t>(one.seq))),
                      .event = event ? &*event : nullptr});
        }
        return out;
    }
    // As StreamEraser does it.
    void carry_out(const Plan& plan, const std::string& erasure_id = "era_1") {
        const auto erase = [&](const std::vector<std::uint64_t>& seqs) {
            for (const std::uint64_t seq : seqs) stored[seq - 1].bytes.clear();
        };
        erase(plan.contents);
        add("record.erased", payload_of(plan, erasure_id));
        erase(plan.frame);
    }
    // All that is left, as one text.
    std::string left() const {
        std::string all;
        for (const Stored& one : stored) all += one.bytes + "\n";
        return all;
    }
    std::set<std::string> types_left() const {
        std::set<std::string> types;
        contract::EventChecker checker;
        for (const Stored& one : stored)
            if (const auto event = checker.read_stored(one.bytes))
                types.emplace(event->type_name());
        return types;
    }

    std::vector<Stored> stored;

private:
    contract::EventChecker checker_;
};

}  // namespace lifeline::retention
