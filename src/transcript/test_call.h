#pragma once

#include <gtest/gtest.h>

#include <string>

#include "contract/event.h"
#include "transcript/fold.h"

namespace lifeline::transcript {

// Events of a call, folded as they come.
class TestCall {
public:
    // `fields` of the payload, after the utteranceId: R"(,"text":"Hi")".
    void say(const std::string& type, const std::string& utterance, const std::string& fields,
             const std::string& actor = "ada") {
        event("transcript." + type, R"({"utteranceId":")" + utterance + "\"" + fields + "}", actor);
    }
    void final(const std::string& utterance, const std::string& text, std::int64_t start_ms = 0,
               std::int64_t end_ms = 1'000) {
        say("final", utterance,
            R"(,"speaker":"user","text":")" + text + R"(","startMs":)" + std::to_string(start_ms) +
                R"(,"endMs":)" + std::to_string(end_ms));
    }
    void event(const std::string& type, const std::string& payload,
               const std::string& actor = "ada") {
        const auto made = checker_.read_stored(contract::event_json(
            "e" + std::to_string(++seq_), "sess_1", "2026-02-16T10:00:00.000Z", type, payload));
        ASSERT_TRUE(made.has_value()) << payload;
        fold.take(*made, actor, seq_);
    }
    const Utterance& only() const { return fold.utterances().front(); }

    Fold fold;

private:
    contract::EventChecker checker_;
    std::uint64_t seq_ = 0;
};

}  // namespace lifeline::transcript
