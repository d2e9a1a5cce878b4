#include <functional>

#include <gtest/gtest.h>

#include <string>

#include "call/test_call.h"
#include "call/test_judge.h"

namespace lifeline::call {

namespace {

using Outcome = Ruling::Outcome;
using Risk = contract::Risk;

// The bot wants to send something and has read the question back.
struct Line : Call {
    std::shared_ptr<TestJudge> tools = std::make_shared<TestJudge>();
    std::string question;

    explicit Line(bool by_voice = true, Confirmer by = Confirmer::owner) {
        tools->add("send", Risk::high_risk_external_send, false, 1, Outcome::confirm);
        tools->rulings["send"].by_voice = by_voice;
        tools->rulings["send"].confirm_by = by;
        judge = tools;
        running();
        run(AddParticipant{{"eve", Role::user, ""}});
        run(AddParticipant{{"bot2", Role::agent, ""}});
        ask("a");
        question = state.action("a")->confirmation->id;
    }
    void ask(std::string id) {
        publish(
            "orchestration.action.requested",
            R"({"actionId":")" + id + R"(","actionType":"send","summary":"s","args":{"to":"a"}})",
            Role::agent, "bot");
    }
    void begins(std::string id, std::string speaker, std::string who, Role role, int ms = 0) {
        publish("transcript.utterance.started",
                R"({"utteranceId":")" + id + R"(","speaker":")" + speaker +
                    R"(","participantId":")" + who + R"(","startMs":)" + std::to_string(ms) + "}",
                role, who);
    }
    std::string says(std::string id, std::string text, std::string speaker, std::string who,
                     Role role, std::string more = "", int ms = 0) {
        return publish("transcript.final",
                       R"({"utteranceId":")" + id + R"(","speaker":")" + speaker + R"(","text":")" +
                           text + R"(","startMs":0,"endMs":)" + std::to_string(ms) + more + "}",
                       role, who);
    }
    void reads_back(std::string id = "back", std::string who = "bot", int ms = 0) {
        says(id, "Shall I send it?", "agent", who, Role::agent,
             R"(,"confirmationId":")" + question + '"', ms);
    }
    // The owner, from beginning to end.
    std::string owner(std::string text, std::string more = "", int ms = 0) {
        begins("u", "user", "ada", Role::user, ms);
        return says("u", text, "user", "ada", Role::user, more);
    }
};

const char* const yes =
    "transcript.final safety.confirmation.resolved safety.approved orchestration.action.approved";
const char* const no =
    "transcript.final safety.confirmation.resolved orchestration.action.cancelled";
const char* const nothing = "transcript.final";

}  // namespace

TEST(Voice, ASpokenYesIsOneWhenItAnswersTheQuestionThatWasReadBack) {
    struct Case {
        const char* name;
        std::function<std::string(Line&)> when;
        const char* then;
    };
    const Case cases[] = {
        {"yes",
         [](Line& l) {
             l.reads_back();
             return l.owner("Yes.");
         },
         yes},
        {"no",
         [](Line& l) {
             l.reads_back();
             return l.owner("No.");
         },
         no},
        {"something else",
         [](Line& l) {
             l.reads_back();
             return l.owner("Hm.");
         },
         nothing},
        {"yes, but",
         [](Line& l) {
             l.reads_back();
             return l.owner("Yes, but to Eve.");
         },
         nothing},
        {"in a language without a yes",
         [](Line& l) {
             l.reads_back();
             return l.owner("Yes.", R"(,"lang":"xx")");
         },
         nothing},
        {"nothing was read back", [](Line& l) { return l.owner("Yes."); }, nothing},
        {"the yes had begun before the question was out",
         [](Line& l) {
             l.begins("u", "user", "ada", Role::user);
             l.reads_back();
             return l.says("u", "Yes.", "user", "ada", Role::user);
         },
         nothing},
        {"it began while the question was still being played",
         [](Line& l) {
             l.reads_back("back", "bot", 4000);
             return l.owner("Yes.", "", 3999);
         },
         nothing},
        {"and after that",
         [](Line& l) {
             l.reads_back("back", "bot", 4000);
             return l.owner("Yes.", "", 4000);
         },
         yes},
        {"nobody knows when it began",
         [](Line& l) {
             l.reads_back();
             return l.says("u", "Yes.", "user", "ada", Role::user);
         },
         nothing},
        {"only a partial",
         [](Line& l) {
             l.reads_back();
             l.begins("u", "user", "ada", Role::user);
             return l.publish("transcript.partial",
                              R"({"utteranceId":"u","speaker":"user","text":"Yes.","startMs":0,)"
                              R"("endMs":1,"rev":1})");
         },
         "transcript.partial"},
        {"somebody else says it",
         [](Line& l) {
             l.reads_back();
             l.begins("u", "user", "eve", Role::user);
             return l.says("u", "Yes.", "user", "eve", Role::user);
         },
         nothing},
        {"the agent says it",
         [](Line& l) {
             l.reads_back();
             l.begins("u", "agent", "bot", Role::agent);
             return l.says("u", "Yes.", "agent", "bot", Role::agent);
         },
         nothing},
        {"it was typed",
         [](Line& l) {
             l.reads_back();
             return l.owner("Yes.", R"(,"source":"typed")");
         },
         nothing},
        {"it was heard",
         [](Line& l) {
             l.reads_back();
             return l.owner("Yes.", R"(,"source":"stt")");
         },
         yes},
        {"another agent read it back",
         [](Line& l) {
             l.reads_back("back", "bot2");
             return l.owner("Yes.");
         },
         nothing},
        {"the agent said something more",
         [](Line& l) {
             l.reads_back();
             l.says("more", "Do you like pizza?", "agent", "bot", Role::agent);
             return l.owner("Yes.");
         },
         nothing},
        {"the agent began to say something more",
         [](Line& l) {
             l.reads_back();
             l.begins("more", "agent", "bot2", Role::agent);
             return l.owner("Yes.");
         },
         nothing},
        {"the question was talked over",
         [](Line& l) {
             l.reads_back();
             l.publish("transcript.truncated",
                       R"({"utteranceId":"back","heardText":"Shall","playedMs":10})", Role::agent,
                       "bot");
             return l.owner("Yes.");
         },
         nothing},
        {"the question was replaced by another one",
         [](Line& l) {
             l.reads_back();
             AnswerConfirmation edit{l.question, "edit", l.state.action("a")->args_hash,
                                     R"({"to":"b"})", ""};
             l.run(edit);
             return l.owner("Yes.");
         },
         nothing},
        {"it is too late",
         [](Line& l) {
             l.reads_back();
             l.now += std::chrono::minutes(6);
             return l.owner("Yes.");
         },
         nothing},
        {"a service of the owner's line heard it",
         [](Line& l) {
             l.reads_back();
             l.publish("transcript.utterance.started",
                       R"({"utteranceId":"u","speaker":"user","participantId":"ada","startMs":0})",
                       Role::service, "stt");
             return l.says("u", "Yes.", "user", "stt", Role::service);
         },
         yes},
        {"a service of another line did",
         [](Line& l) {
             l.reads_back();
             l.publish("transcript.utterance.started",
                       R"({"utteranceId":"u","speaker":"user","participantId":"eve","startMs":0})",
                       Role::service, "stt");
             return l.says("u", "Yes.", "user", "stt", Role::service);
         },
         nothing},
    };
    for (const auto& [name, when, then] : cases) {
        SCOPED_TRACE(name);
        Line line;
        EXPECT_EQ(when(line), then);
    }
}

TEST(Voice, IsNoAnswerWhereTheQuestionMayNotBeAnsweredSo) {
    Line on_screen(false);
    on_screen.reads_back();
    EXPECT_EQ(on_screen.owner("Yes."), nothing);
    Line for_operators(true, Confirmer::operator_);
    for_operators.reads_back();
    EXPECT_EQ(for_operators.owner("Yes."), nothing);
}

TEST(Voice, WhoSaidWhatIsInTheRecord) {
    Line line;
    line.reads_back();
    line.owner("Yes.");
    const std::string& resolved = line.log[line.log.size() - 3];
    for (const char* part : {R"("via":"voice")", R"("utteranceId":"u")", R"("id":"ada")"})
        EXPECT_NE(resolved.find(part), std::string::npos) << resolved;
    EXPECT_EQ(line.state.action("a")->approved_by, "ada");
    // The same yes is not one to the next question.
    line.ask("b");
    EXPECT_EQ(line.state.action("b")->state, ActionState::awaiting_confirmation);
}

}  // namespace lifeline::call
