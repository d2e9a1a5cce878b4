#include "api/transcript_tail.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace lifeline::api {

namespace {

class Tail {
public:
    void say(const std::string& type, const std::string& fields) {
        const auto event = checker_.read_stored(contract::event_json(
            "e" + std::to_string(++made_), "sess_1", "2026-02-16T10:00:00.000Z",
            "transcript." + type, "{\"utteranceId\":" + fields + "}"));
        ASSERT_TRUE(event.has_value());
        tail.take(*event, "ada");
    }
    std::string json() const {
        contract::JsonWriter json;
        tail.write(json);
        return json.take();
    }

    TranscriptTail tail;

private:
    contract::EventChecker checker_;
    int made_ = 0;
};

std::string utterance(const char* text, const char* state) {
    return std::string(R"([{"utteranceId":"u","participantId":"ada","speaker":"user","text":")") +
           text + R"(","state":")" + state + R"("}])";
}

const std::string times = R"(,"startMs":0,"endMs":1)";

}  // namespace

TEST(TranscriptTail, AnUtteranceIsWhatItsEventsCameTo) {
    struct Step {
        const char* type;
        std::string fields;
    };
    const std::string begin = R"("u","speaker":"user")";
    const Step started{"utterance.started", begin + R"(,"participantId":"ada","startMs":0)"};
    const Step partial{"partial", begin + R"(,"text":"Hel","rev":1)" + times};
    const Step final{"final", begin + R"(,"text":"Hello")" + times};
    const Step cut{"truncated", R"("u","heardText":"He","playedMs":1)"};
    const Step corrected{"corrected", R"("u","text":"Hi","by":"ada","previousHash":")" +
                                          std::string(64, '0') + "\""};
    const Step failed{"failed", R"("u","code":"x","message":"x")"};
    struct Case {
        const char* name;
        std::vector<Step> given;
        std::string then;
    };
    const Case cases[] = {
        {"begun", {started}, utterance("", "started")},
        {"on its way", {started, partial}, utterance("Hel", "partial")},
        {"said", {started, partial, final}, utterance("Hello", "final")},
        {"a partial that came late", {final, partial}, utterance("Hello", "final")},
        {"cut short", {started, cut, final}, utterance("He", "truncated")},
        {"corrected", {final, corrected}, utterance("Hi", "final")},
        {"failed", {partial, failed}, utterance("Hel", "failed")},
        {"failed after all was said", {final, failed}, utterance("Hello", "final")},
    };
    for (const auto& [name, given, then] : cases) {
        SCOPED_TRACE(name);
        Tail tail;
        for (const auto& step : given) tail.say(step.type, step.fields);
        EXPECT_EQ(tail.json(), then);
    }
}

TEST(TranscriptTail, KeepsTheLastOnes) {
    Tail tail;
    for (int n = 0; n < 300; ++n)
        tail.say("final", "\"u" + std::to_string(n) + R"(","speaker":"user","text":"x")" + times);
    const std::string json = tail.json();
    EXPECT_EQ(json.find("\"u99\""), std::string::npos);
    EXPECT_NE(json.find("\"u100\""), std::string::npos);
    EXPECT_NE(json.find("\"u299\""), std::string::npos);
}

TEST(TranscriptTail, IsNeverLongerThanAPageCanTake) {
    Tail tail;
    const std::string text(10'000, 'x');
    for (int n = 0; n < 100; ++n)
        tail.say("final", "\"u" + std::to_string(n) + R"(","speaker":"user","text":")" + text +
                              "\"" + times);
    EXPECT_LT(tail.json().size(), 300'000u);
}

}  // namespace lifeline::api
