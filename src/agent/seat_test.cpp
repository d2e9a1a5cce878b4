#include "agent/seat.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "agent/test_call.h"

namespace lifeline::agent {

namespace {

using namespace std::chrono_literals;

bool has_tool_result(const Prompt& prompt) {
    return !prompt.messages.empty() && prompt.messages.back().role == Message::Role::tool;
}

}  // namespace

TEST(Seat, AnswersWhatWasSaid) {
    TestCall call;
    call.answer = [](const Prompt&) { return Reply{.pieces = {"Of cou", "rse, ", "gladly."}}; };
    call.say("Can you help?");
    call.run_for(2s);
    EXPECT_EQ(call.last_words(), "Of course, gladly.");
    const auto started = call.events("orchestration.turn.started");
    ASSERT_EQ(started.size(), 1U);
    EXPECT_EQ(started[0].find("inputUtteranceIds")->items()[0].as_text(), "u1");
    const auto completed = call.events("orchestration.turn.completed");
    ASSERT_EQ(completed.size(), 1U);
    EXPECT_EQ(completed[0].text("text"), "Of course, gladly.");
    std::string deltas;
    for (const auto& delta : call.events("orchestration.turn.delta")) {
        EXPECT_EQ(delta.find("offset")->as_integer(), static_cast<std::int64_t>(deltas.size()));
        deltas += *delta.text("deltaText");
    }
    EXPECT_EQ(deltas, "Of course, gladly.");
    const auto usage = call.events("billing.usage.reported");
    ASSERT_EQ(usage.size(), 1U);
    EXPECT_EQ(usage[0].text("quantity"), "110");
    ASSERT_EQ(call.asked.size(), 1U);
    EXPECT_EQ(call.asked[0].messages.back().text, "Can you help?");
}

TEST(Seat, ActsAndTellsWhatCameOfIt) {
    TestCall call;
    call.answer = [](const Prompt& prompt) {
        if (has_tool_result(prompt)) return Reply{.pieces = {"It is sunny."}};
        return Reply{.calls = {{"c1", "look.up", R"({"what":"weather"})"}}};
    };
    call.say("Weather?");
    call.run_for(1s);
    const auto asked = call.events("orchestration.action.requested");
    ASSERT_EQ(asked.size(), 1U);
    EXPECT_EQ(call.count("orchestration.action.approved"), 1U);
    // A runner claims it and brings what came of it.
    const std::string action(*asked[0].text("actionId"));
    EXPECT_EQ(
        call.submit(call::ClaimAction{action, 60s}, {"server", "lifeline"}, contract::Role::server),
        "ok");
    call::FinishAction finish;
    finish.action_id = action;
    finish.attempt = 1;
    for (const auto& stored : call.all())
        if (stored.bytes.find("orchestration.action.started") != std::string::npos)
            finish.fence = stored.seq;
    finish.outcome = call::FinishAction::Outcome::succeeded;
    finish.result_json = R"({"sky":"clear"})";
    EXPECT_EQ(call.submit(finish, {"server", "lifeline"}, contract::Role::server), "ok");
    call.run_for(1s);
    EXPECT_EQ(call.last_words(), "It is sunny.");
    ASSERT_EQ(call.asked.size(), 2U);
    EXPECT_NE(call.asked[1].messages.back().text.find(R"("sky":"clear")"), std::string::npos);
    EXPECT_EQ(call.count("orchestration.result.delivered"), 1U);
    EXPECT_EQ(call.count("orchestration.turn.completed"), 1U);
    call.run_for(60s);
    EXPECT_EQ(call.asked.size(), 2U);
}

TEST(Seat, DoesNotWaitForAPersonAndTellsTheirAnswerLater) {
    TestCall call;
    call.answer = [](const Prompt& prompt) {
        if (has_tool_result(prompt)) return Reply{.pieces = {"Please confirm."}};
        if (prompt.messages.back().text.starts_with("[What became"))
            return Reply{.pieces = {"As you wish, I did not send it."}};
        return Reply{.calls = {{"c1", "mail.send", R"({"to":"bob"})"}}};
    };
    call.say("Write to Bob");
    call.run_for(2s);
    EXPECT_EQ(call.last_words(), "Please confirm.");
    EXPECT_EQ(call.count("orchestration.result.delivered"), 0U);
    const auto confirmation = call.events("safety.confirmation.requested");
    ASSERT_EQ(confirmation.size(), 1U);
    call::AnswerConfirmation no;
    // The words that asked name the question, so that a spoken answer can be one to it.
    const auto asking = call.events("transcript.final").back();
    EXPECT_EQ(asking.text("confirmationId"), confirmation[0].text("confirmationId"));
    no.confirmation_id = *confirmation[0].text("confirmationId");
    no.decision = "deny";
    no.args_hash = *confirmation[0].text("argsHash");
    EXPECT_EQ(call.submit(no, {"user", "ada"}, contract::Role::user), "ok");
    call.run_for(2s);
    EXPECT_EQ(call.last_words(), "As you wish, I did not send it.");
    EXPECT_EQ(call.count("orchestration.turn.completed"), 2U);
    EXPECT_EQ(call.count("orchestration.result.delivered"), 1U);
    EXPECT_EQ(call.count("orchestration.action.requested"), 1U);
}

TEST(Seat, IsSilentWhenSomebodySpeaks) {
    TestCall call;
    call.answer = [](const Prompt& prompt) {
        if (prompt.messages.back().text == "Stop") return Reply{.pieces = {"Fine."}};
        return Reply{.pieces = std::vector<std::string>(100, "word ")};
    };
    call.say("Talk");
    call.run_for(2s);
    EXPECT_EQ(call.count("orchestration.turn.completed"), 0U);
    call.say("Stop");
    call.run_for(3s);
    const auto cancelled = call.events("orchestration.turn.cancelled");
    ASSERT_EQ(cancelled.size(), 1U);
    EXPECT_EQ(cancelled[0].text("cause"), "barge_in");
    EXPECT_EQ(call.count("transcript.truncated"), 1U);
    EXPECT_EQ(call.last_words(), "Fine.");
    // The model was stopped before it told what it cost: that is not known, and not nothing.
    const auto usage = call.events("billing.usage.reported");
    ASSERT_EQ(usage.size(), 2U);
    EXPECT_EQ(usage[0].find("quantity")->kind(), contract::Json::Kind::null);
    EXPECT_EQ(usage[0].text("source"), "estimated");
}

TEST(Seat, CallsOffWhatItWasToldToWhenSomebodyTalksOverIt) {
    for (const bool called_off : {false, true}) {
        SCOPED_TRACE(called_off);
        TestCall call;
        if (called_off) {
            auto settings = call.settings;
            settings.cancel_on_interrupt = {"mail.send"};
            call.host->change(settings, nullptr);
        }
        call.answer = [](const Prompt& prompt) {
            if (std::ranges::find(prompt.messages, "Wait", &Message::text) != prompt.messages.end())
                return Reply{.pieces = {"Fine."}};
            if (prompt.messages.back().role == Message::Role::tool)
                return Reply{.pieces = std::vector<std::string>(100, "word ")};
            return Reply{.calls = {{"c1", "mail.send", R"({"to":"b"})"}}};
        };
        call.say("Send it");
        call.run_for(2s);
        ASSERT_EQ(call.count("safety.confirmation.requested"), 1U);
        call.say("Wait");
        call.run_for(3s);
        EXPECT_EQ(call.last_words(), "Fine.");
        const auto cancelled = call.events("orchestration.action.cancelled");
        ASSERT_EQ(cancelled.size(), called_off ? 1U : 0U);
        if (called_off) EXPECT_EQ(cancelled[0].text("cause"), "barge_in");
    }
}

TEST(Seat, SaysOnceThatItsModelIsAway) {
    TestCall call;
    call.answer = [](const Prompt&) {
        return Reply{
            .failure = Failure{.reason = "model_unreachable", .retryable = true, .reached = false}};
    };
    for (int i = 0; i < 3; ++i) {
        call.say("Hello?");
        call.run_for(5s);
    }
    EXPECT_EQ(call.count("orchestration.turn.failed"), 3U);
    EXPECT_EQ(call.last_words(), call.settings.failure_text);
    EXPECT_EQ(call.count("billing.usage.reported"), 0U);
    std::size_t said = 0;
    for (const auto& payload : call.events("transcript.final"))
        said += payload.text("speaker") == "agent";
    EXPECT_EQ(said, 1U);
}

TEST(Seat, RefusesToTheModelWhatIsNoToolAndNoJson) {
    TestCall call;
    call.answer = [](const Prompt& prompt) {
        if (has_tool_result(prompt)) return Reply{.pieces = {"Sorry."}};
        return Reply{.calls = {{"a", "rm.all", "{}"},
                               {"b", "look.up", "{\"x\":"},
                               {"c", "set_mode", R"({"mode":"cv"})"}}};
    };
    call.say("Go");
    call.run_for(3s);
    ASSERT_EQ(call.asked.size(), 2U);
    const auto& messages = call.asked[1].messages;
    ASSERT_GE(messages.size(), 4U);
    EXPECT_NE(messages[messages.size() - 3].text.find("no tool rm.all"), std::string::npos);
    EXPECT_NE(messages[messages.size() - 2].text.find("not one JSON object"), std::string::npos);
    EXPECT_EQ(call.count("orchestration.action.requested"), 0U);
    const auto modes = call.events("orchestration.mode.changed");
    ASSERT_EQ(modes.size(), 1U);
    EXPECT_EQ(modes[0].text("mode"), "cv");
    EXPECT_EQ(call.last_words(), "Sorry.");
}

TEST(Seat, TellsWhatCameOfAnActionAlsoWhenItIsCutForItsLength) {
    TestCall call;
    call.answer = [](const Prompt& prompt) {
        if (has_tool_result(prompt)) return Reply{.pieces = {std::string(13'000, 'x')}};
        return Reply{.calls = {{"c1", "mail.send", R"({"to":"bob"})"}}};
    };
    call.say("Write to Bob");
    call.run_for(2s);
    const auto confirmation = call.events("safety.confirmation.requested");
    ASSERT_EQ(confirmation.size(), 1U);
    call::AnswerConfirmation no;
    no.confirmation_id = *confirmation[0].text("confirmationId");
    no.decision = "deny";
    no.args_hash = *confirmation[0].text("argsHash");
    call.answer = [](const Prompt&) { return Reply{.pieces = {std::string(13'000, 'x')}}; };
    EXPECT_EQ(call.submit(no, {"user", "ada"}, contract::Role::user), "ok");
    call.run_for(10s);
    EXPECT_EQ(call.count("orchestration.result.delivered"), 1U);
    EXPECT_EQ(call.count("orchestration.turn.completed"), 2U);
}

TEST(Seat, AnotherModeOfItsOwnTakesThePlaceOfTheOneBefore) {
    TestCall call;
    call.answer = [](const Prompt& prompt) {
        if (has_tool_result(prompt)) return Reply{.pieces = {"Fine."}};
        const std::string mode = prompt.messages.back().text;
        return Reply{.calls = {{"a", "set_mode", R"({"mode":")" + mode + "\"}"}}};
    };
    for (const auto* const mode : {"cv", "interview"}) {
        call.say(mode);
        call.run_for(2s);
    }
    std::string modes;
    std::int64_t rev = 0;
    for (const auto& changed : call.events("orchestration.mode.changed")) {
        modes += *changed.text("state") == "activated" ? "+" : "-";
        modes += std::string(*changed.text("mode")) + " ";
        EXPECT_EQ(changed.find("rev")->as_integer(), ++rev);
    }
    EXPECT_EQ(modes, "+cv -cv +interview ");
}

// Words that were begun before those that are answered, and end after them, are part of the next
// attempt at the same answer: what it asks for is the same action.
TEST(Seat, AsksForNothingTwiceWhenEarlierWordsEndLate) {
    TestCall call;
    call.answer = [](const Prompt& prompt) {
        if (prompt.idempotency_key.ends_with("_0"))
            return Reply{.calls = {{"c1", "mail.send", R"({"to":"bob"})"}}};
        return Reply{.pieces = std::vector<std::string>(100, "word ")};
    };
    EXPECT_EQ(call.publish("transcript.utterance.started",
                           R"({"utteranceId":"u0","speaker":"user","participantId":"ada",)"
                           R"("startMs":0})"),
              "ok");
    call.say("Write to Bob");
    call.run_for(22s);
    ASSERT_EQ(call.count("orchestration.action.requested"), 1U);
    call.say("Ada here.", "u0");
    call.run_for(3s);
    const auto started = call.events("orchestration.turn.started");
    ASSERT_EQ(started.size(), 2U);
    EXPECT_EQ(started[1].find("inputUtteranceIds")->items().size(), 2U);
    EXPECT_EQ(call.count("orchestration.action.requested"), 1U);
}

TEST(Seat, HearsThatItWasTalkedOverLate) {
    for (const bool away : {false, true}) {
        SCOPED_TRACE(away);
        TestCall call;
        call.answer = [](const Prompt&) { return Reply{.pieces = {"One two three four five."}}; };
        call.say("Count");
        call.run_for(2s);
        const auto turn = call.events("orchestration.turn.completed").at(0);
        if (away) call.host.reset();
        EXPECT_EQ(
            call.publish("call.turn.interrupted",
                         R"({"callId":"sess_1","turnId":")" + std::string(*turn.text("turnId")) +
                             R"(","by":"ada","atMs":900,"generatedChars":24,"playedMs":600})"),
            "ok");
        if (away) call.restart();
        call.run_for(2s);
        const auto cut = call.events("transcript.truncated");
        ASSERT_EQ(cut.size(), 1U);
        EXPECT_EQ(cut[0].text("heardText"), "One two");
        call.say("And?");
        call.run_for(2s);
        const auto& messages = call.asked.back().messages;
        ASSERT_GE(messages.size(), 4U);
        EXPECT_EQ(messages[messages.size() - 3].text, "One two");
        const Message& note = messages[messages.size() - 2];
        EXPECT_EQ(note.role, Message::Role::user);
        EXPECT_TRUE(note.text.starts_with("[Note of the server")) << note.text;
        EXPECT_TRUE(note.is_new);
    }
}

TEST(Seat, OfTwoInOneCallTheAddressedOneAnswers) {
    TestCall call;
    call.second = call.settings;
    call.second.name = "coach";
    call.second.user_id = "agt_coach";
    call.restart();
    EXPECT_EQ(call.submit(call::AddParticipant{{"agt_coach", contract::Role::agent, "Coach"}},
                          {"user", "ada"}, contract::Role::user),
              "ok");
    call.host->joined("agt_coach", call.id);
    call.answer = [](const Prompt& prompt) { return Reply{.pieces = {"I am " + prompt.agent_id}}; };
    for (const auto& [words, answer] :
         {std::pair{"Hello?", "I am agt_helper"}, std::pair{"Coach, and you?", "I am agt_coach"},
          std::pair{"Really?", "I am agt_coach"}, std::pair{"Helper: why?", "I am agt_helper"}}) {
        SCOPED_TRACE(words);
        call.say(words);
        call.run_for(3s);
        EXPECT_EQ(call.last_words(), answer);
    }
    EXPECT_EQ(call.count("orchestration.turn.started"), 4U);
    EXPECT_EQ(call.count("orchestration.turn.completed"), 4U);
}

// Wherever the process dies: each thing said has exactly one completed answer, what the model
// wanted done is asked for once, and a turn ends once.
TEST(Seat, PropertyAfterAnyCrashEachIsAnsweredOnce) {
    std::size_t died_in_a_turn = 0;
    for (int crash = 0; crash < 60; ++crash) {
        SCOPED_TRACE(crash);
        TestCall call;
        call.answer = [](const Prompt& prompt) {
            if (has_tool_result(prompt)) return Reply{.pieces = {"Please ", "confirm."}};
            return Reply{.pieces = {"Let me ", "see."},
                         .calls = {{"c1", "mail.send", R"({"to":"bob"})"}}};
        };
        call.say("Write to Bob");
        // Event by event, so that it dies between any two of them.
        for (int step = 0; step < crash * 2; ++step)
            if (!call.loop.run_one()) call.run_for(Millis(20));
        call.restart();
        call.run_for(10s);
        std::multiset<std::string> answered;
        std::size_t ends = 0;
        for (const auto& payload : call.events("orchestration.turn.completed")) {
            ++ends;
            for (const auto& started : call.events("orchestration.turn.started"))
                if (started.text("turnId") == payload.text("turnId"))
                    for (const auto& input : started.find("inputUtteranceIds")->items())
                        answered.emplace(*input.as_text());
        }
        died_in_a_turn += call.count("orchestration.turn.failed");
        ends += call.count("orchestration.turn.failed");
        EXPECT_EQ(answered, (std::multiset<std::string>{"u1"}));
        EXPECT_EQ(call.count("orchestration.action.requested"), 1U);
        EXPECT_EQ(call.count("orchestration.turn.started"), ends);
        EXPECT_GE(call.count("billing.usage.reported"), call.asked.size());
    }
    EXPECT_GT(died_in_a_turn, 5U);
}

}  // namespace lifeline::agent
