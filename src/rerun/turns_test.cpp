#include "rerun/turns.h"

#include <gtest/gtest.h>

#include "agent/prompt.h"
#include "agent/test_call.h"
#include "rerun/turn_difference.h"
#include "rerun/turn_run.h"

namespace lifeline::rerun {

namespace {

using namespace std::chrono_literals;
using agent::Prompt;
using agent::Reply;
using agent::TestCall;

bool has_tool_result(const Prompt& prompt) {
    return !prompt.messages.empty() && prompt.messages.back().role == agent::Message::Role::tool;
}

// Looks the weather up, says yes to everything else, and writes to whoever is asked for.
Reply helper(const Prompt& prompt) {
    const std::string& last = prompt.messages.back().text;
    if (has_tool_result(prompt)) return Reply{.pieces = {"Done ", "so far."}};
    if (last == "Weather?")
        return Reply{.pieces = {"Let me see."},
                     .calls = {{"c1", "look.up", R"({"what":"weather","where":"Bern"})"}}};
    if (last.starts_with("Write"))
        return Reply{.calls = {{"c1", "mail.send", R"({ "to": "bob" })"},
                               {"c2", "set_mode", R"({"mode":"mail"})"}}};
    return Reply{.pieces = {"Yes."}};
}

struct Readings {
    std::vector<RecordedTurn> turns;
    std::size_t left_out = 0;
};

Readings read(TestCall& call, whatif::Walk::Wanted wanted = {}, std::size_t most = 100,
              std::string_view erased = "nothing") {
    Turns turns(std::move(wanted), most, call.settings);
    contract::EventChecker checker;
    const auto all = call.all();
    for (const bool first : {true, false})
        for (const auto& stored : all) {
            whatif::Recorded recorded{.stream = call.id,
                                      .seq = stored.seq,
                                      .actor_id = stored.actor.id,
                                      .at = stored.recorded_at};
            std::optional<contract::Event> event;
            if (!stored.erased && !stored.bytes.contains(erased)) {
                event = *checker.read_stored(stored.bytes);
                recorded.event = &*event;
            }
            first ? turns.choose(recorded) : turns.take(recorded);
        }
    return {turns.all(), turns.left_out()};
}

// What another model makes of a recorded turn; `asked` is what it was given.
Answer run(TestCall& call, const RecordedTurn& turn, agent::FakeModel::Answer model,
           std::vector<Prompt>* asked = nullptr, agent::Ledger* ledger = nullptr) {
    std::vector<Prompt> ours;
    agent::Ledger fresh;
    agent::FakeModel driver(call.loop, asked != nullptr ? *asked : ours, model);
    std::optional<Answer> answer;
    const TurnRun running({.loop = call.loop,
                           .driver = driver,
                           .settings = call.settings,
                           .ledger = ledger != nullptr ? *ledger : fresh,
                           .tools = {}},
                          turn, [&](Answer made) { answer = std::move(made); });
    call.loop.run_for(10min);
    EXPECT_TRUE(answer.has_value());
    return answer.value_or(Answer());
}

void talk(TestCall& call) {
    call.answer = helper;
    for (const char* words : {"Hello", "Weather?", "Write to Bob", "Thanks"}) {
        call.say(words);
        call.run_for(30s);
    }
    // From here on only what is under test lives.
    call.host.reset();
    call.sessions.reset();
    call.loop.drop_all();
}

// All that a model is told, in lines that a person can compare.
std::vector<std::string> lines_of(const Prompt& prompt) {
    std::vector<std::string> lines;
    for (const agent::Message& one : prompt.messages) {
        std::string line = one.role == agent::Message::Role::user        ? "user "
                           : one.role == agent::Message::Role::assistant ? "assistant "
                                                                         : "tool ";
        line += one.is_new ? "new: " : "old: ";
        line += one.text + one.call_id + one.thought;
        for (const agent::ToolCall& call : one.calls)
            line += " " + call.id + " " + call.name + call.args_json;
        lines.push_back(std::move(line));
    }
    return lines;
}

std::string calls_of(const TurnDifference& difference) {
    std::string text;
    for (const CallDifference& one : difference.calls) {
        text += (text.empty() ? "" : "; ") + one.type + " " + std::string(to_text(one.kind));
        for (const ArgsChange& change : one.changes)
            text += " " + change.pointer + " " + change.was + " -> " + change.would;
    }
    return text;
}

}  // namespace

TEST(Turns, GiveAnAgentWhatTheOneThenWasGiven) {
    TestCall call;
    talk(call);
    const auto [turns, left_out] = read(call);
    ASSERT_EQ(turns.size(), call.count("orchestration.turn.started"));
    std::vector<Prompt> asked;
    for (const RecordedTurn& turn : turns) (void)run(call, turn, helper, &asked);
    ASSERT_EQ(asked.size(), call.asked.size());
    for (std::size_t i = 0; i < asked.size(); ++i) {
        SCOPED_TRACE(i);
        EXPECT_EQ(asked[i].system, call.asked[i].system);
        EXPECT_EQ(lines_of(asked[i]), lines_of(call.asked[i]));
        EXPECT_TRUE(asked[i].messages == call.asked[i].messages);
        EXPECT_EQ(asked[i].turn_id, call.asked[i].turn_id);
        EXPECT_NE(asked[i].idempotency_key, call.asked[i].idempotency_key);
    }
}

TEST(TurnRun, OfTheSameAgentDiffersNowhereAndActsNowhere) {
    TestCall call;
    talk(call);
    const auto before = call.all();
    const auto [turns, left_out] = read(call);
    ASSERT_EQ(turns.size(), 4U);
    EXPECT_EQ(turns[0].text, "Yes.");
    ASSERT_EQ(turns[1].calls.size(), 1U);
    EXPECT_EQ(turns[1].calls[0].args_json, R"({"what":"weather","where":"Bern"})");
    ASSERT_EQ(turns[2].calls.size(), 1U);  // The mode is no action.
    EXPECT_NE(turns[2].calls[0].answer.find("waiting_for_the_person"), std::string::npos);
    for (const RecordedTurn& turn : turns) {
        SCOPED_TRACE(turn.turn_id);
        const Answer answer = run(call, turn, helper);
        const TurnDifference difference = difference_of(turn, answer);
        EXPECT_FALSE(difference.differs()) << calls_of(difference) << answer.text;
        EXPECT_FALSE(difference.unknown) << difference.why_unknown;
    }
    EXPECT_TRUE(call.all() == before);
}

TEST(TurnRun, SaysWhatAnotherAgentWouldHaveAskedFor) {
    struct Case {
        const char* name;
        std::size_t turn;
        Reply first;
        std::string calls;
        std::string stopped;
        bool other_words;
    };
    const Case cases[] = {
        {"other words", 0, {.pieces = {"No."}}, "", "end_turn", true},
        {"space is no difference", 0, {.pieces = {" Yes.", "\n"}}, "", "end_turn", false},
        {"asks where nobody did",
         0,
         {.calls = {{"x", "mail.send", R"({"to":"eve"})"}}},
         "mail.send only new",
         "unasked",
         false},
        {"does not ask", 1, {.pieces = {"It rains."}}, "look.up only recorded", "end_turn", true},
        {"asks otherwise",
         1,
         {.calls = {{"x", "look.up", R"({"where":"Rome","what":"weather","when":1})"}}},
         R"(look.up other arguments /where "Bern" -> "Rome" /when  -> 1)",
         "unasked",
         false},
        {"asks for more",
         1,
         {.pieces = {"Let me see."},
          .calls = {{"x", "look.up", R"({"where":"Bern","what":"weather"})"},
                    {"y", "look.up", "{}"}}},
         "look.up same; look.up only new",
         "unasked",
         false},
        {"arguments that are no JSON",
         1,
         {.calls = {{"x", "look.up", "{what"}}},
         R"(look.up other arguments  {"what":"weather","where":"Bern"} -> {what)",
         "unasked",
         false},
    };
    TestCall call;
    talk(call);
    const auto turns = read(call).turns;
    for (const auto& [name, turn, first, calls, stopped, other_words] : cases) {
        SCOPED_TRACE(name);
        const auto model = [&](const Prompt& prompt) {
            return has_tool_result(prompt) ? Reply{.pieces = {"Done so far."}} : first;
        };
        const Answer answer = run(call, turns.at(turn), model);
        const TurnDifference difference = difference_of(turns.at(turn), answer);
        EXPECT_EQ(calls_of(difference), calls);
        EXPECT_EQ(answer.stopped, stopped);
        EXPECT_EQ(difference.other_words, other_words) << answer.text;
        EXPECT_EQ(difference.other_calls, !calls.empty());
    }
}

TEST(TurnRun, StopsAtItsCapsAndWhenItsModelIsAway) {
    TestCall call;
    talk(call);
    const auto turns = read(call).turns;
    call.settings.caps.call.tokens = 250;  // Each model call takes 110.
    agent::Ledger ledger;
    std::vector<std::string> ends;
    for (const RecordedTurn& turn : turns)
        ends.push_back(run(call, turn, helper, {}, &ledger).stopped);
    EXPECT_EQ(ends, (std::vector<std::string>{"end_turn", "end_turn", "quota", "quota"}));
    const auto away = [](const Prompt&) {
        return Reply{.failure = agent::Failure{.reason = "model_unreachable", .reached = false}};
    };
    const Answer answer = run(call, turns[0], away);
    EXPECT_EQ(answer.amount.tokens, 0);
    const TurnDifference difference = difference_of(turns[0], answer);
    EXPECT_TRUE(difference.unknown);
    EXPECT_FALSE(difference.differs());
}

TEST(Turns, AreTheFirstOfTheTimeAndTheCallThatAreWanted) {
    TestCall call;
    talk(call);
    const auto all = read(call).turns;
    const auto some = read(call, {.session = call.id, .since = all[1].at}, 2);
    ASSERT_EQ(some.turns.size(), 2U);
    EXPECT_EQ(some.turns[0].turn_id, all[1].turn_id);
    EXPECT_EQ(some.turns[0].prompt.messages, all[1].prompt.messages);
    EXPECT_EQ(some.left_out, 1U);
    EXPECT_TRUE(read(call, {.session = "sess_other"}).turns.empty());
}

TEST(Turns, ThatWereNotCompletedAreUnknown) {
    TestCall call;
    call.answer = [](const Prompt&) {
        return Reply{.failure = agent::Failure{.reason = "model_refused", .detail = "no"}};
    };
    call.say("Hello");
    call.run_for(1s);
    const auto turns = read(call).turns;
    ASSERT_FALSE(turns.empty());
    EXPECT_EQ(turns[0].state, "failed");
    const TurnDifference difference = difference_of(turns[0], run(call, turns[0], helper));
    EXPECT_TRUE(difference.unknown);
    EXPECT_EQ(difference.why_unknown, "the recorded turn is failed: model_refused");
}

TEST(Turns, OfACallThatContinuesAnotherBeginWithItsEnd) {
    TestCall before;
    talk(before);
    TestCall after;
    after.say("Hello again");
    after.run_for(5s);
    Turns turns({.session = after.id}, 10, after.settings);
    contract::EventChecker checker;
    agent::Conversation known("sess_before", after.settings.user_id);
    for (const bool first : {true, false})
        for (TestCall* call : {&before, &after})
            for (auto& stored : call->all()) {
                constexpr std::string_view channel = R"("channel":"voice")";
                if (const auto at = stored.bytes.find(channel);
                    at != std::string::npos && call == &after)
                    stored.bytes.insert(at, R"("continues":"sess_before",)");
                const auto event = checker.read_stored(stored.bytes);
                ASSERT_TRUE(event.has_value()) << stored.bytes;
                const whatif::Recorded recorded{
                    .stream = call == &before ? "sess_before" : std::string_view(after.id),
                    .seq = stored.seq,
                    .actor_id = stored.actor.id,
                    .at = stored.recorded_at,
                    .event = &*event};
                first ? turns.choose(recorded) : turns.take(recorded);
                if (first && call == &before)
                    known.take(*event, stored.actor.id, stored.seq, stored.recorded_at);
            }
    const auto all = turns.all();
    ASSERT_EQ(all.size(), 1U);
    const auto tail = agent::tail_of(known, 30, 16 * 1024);  // As a seat is given it.
    ASSERT_GT(tail.size(), 5U);
    const auto& messages = all[0].prompt.messages;
    ASSERT_EQ(messages.size(), tail.size() + 1);
    for (std::size_t i = 0; i < tail.size(); ++i) EXPECT_EQ(messages[i].text, tail[i].text);
    EXPECT_EQ(messages.back().text, "Hello again");
}

TEST(Turns, WhoseAgentHadWhatIsErasedNowAreUnknown) {
    TestCall call;
    talk(call);
    const auto turns = read(call, {}, 100, "\"text\":\"Weather?\"").turns;
    ASSERT_EQ(turns.size(), 4U);
    std::string unknown;
    for (const RecordedTurn& turn : turns)
        unknown += difference_of(turn, run(call, turn, helper)).unknown ? "?" : "=";
    EXPECT_EQ(unknown, "=???");
}

TEST(ArgsChanges, ArePlaces) {
    struct Case {
        const char* was;
        const char* would;
        std::vector<ArgsChange> changes;
    };
    const Case cases[] = {
        {R"({"a":1,"b":{"c":2}})", R"({"b":{"c":2},"a":1.0})", {}},
        {R"({"a":1})", R"({"a":2})", {{"/a", "1", "2"}}},
        {R"({"a":{"x/y":1,"z":2}})",
         R"({"a":{"z":2,"~":[1]}})",
         {{"/a/x~1y", "1", ""}, {"/a/~0", "", "[1]"}}},
        {R"({"a":[1,2]})", R"({"a":[2,1]})", {{"/a", "[1,2]", "[2,1]"}}},
        {"{}", "broken", {{"", "{}", "broken"}}},
    };
    for (const auto& [was, would, changes] : cases) {
        SCOPED_TRACE(would);
        EXPECT_EQ(args_changes(was, would), changes);
    }
}

}  // namespace lifeline::rerun
