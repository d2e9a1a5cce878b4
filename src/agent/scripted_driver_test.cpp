#include "agent/scripted_driver.h"

#include <gtest/gtest.h>

namespace lifeline::agent {

namespace {

constexpr std::string_view rules = R"({
  "otherwise": "I heard {text}",
  "rules": [
    {"words": ["cv", "my resume"], "unless_document": "cv", "intent": "edit_cv", "mode": "cv",
     "say": "Let us begin.",
     "actions": [{"type": "document.create", "args": {"kind": "cv", "title": "CV of {text}"}}],
     "results": {"succeeded": "There it is."}},
    {"match": ["add {what} as {where}"], "needs_document": "cv",
     "actions": [{"type": "document.edit", "args": {"documentId": "{document.cv}",
       "baseRev": "{rev.cv}", "patch": [{"op": "add", "path": "/{where}", "value": "{what}"}]}}]}
  ]})";

std::string answered(const Script& script, std::vector<Message> messages, std::string system = "") {
    const auto answer =
        scripted_answer(script, {.system = std::move(system), .messages = std::move(messages)});
    std::string out = answer.text;
    for (const ToolCall& call : answer.calls) out += "|" + call.name + call.args_json;
    return out;
}

}  // namespace

TEST(Script, AnswersByItsRules) {
    const auto script = Script::read(rules);
    ASSERT_TRUE(script.has_value()) << script.error().detail;
    const std::string listed = "Documents of this call:\n- doc_1 kind=cv rev=3 title=CV";
    const auto user = [](std::string text) {
        return Message{.role = Message::Role::user, .text = std::move(text)};
    };
    EXPECT_EQ(answered(*script, {user("Hm")}), "I heard Hm");
    EXPECT_EQ(answered(*script, {user("My CV, please")}),
              "Let us begin.|note_intent{\"intent\":\"edit_cv\",\"confidence\":1}"
              "|set_mode{\"mode\":\"cv\"}"
              "|document.create{\"kind\":\"cv\",\"title\":\"CV of My CV, please\"}");
    EXPECT_EQ(answered(*script, {user("My CV, please")}, listed), "I heard My CV, please");
    EXPECT_EQ(answered(*script, {user("Please add Rust and C++ as skills.")}, listed),
              "|document.edit{\"baseRev\":3,\"documentId\":\"doc_1\",\"patch\":[{\"op\":\"add\","
              "\"path\":\"/skills\",\"value\":\"Rust and C++\"}]}");
    EXPECT_EQ(
        answered(
            *script,
            {user("My CV, please"),
             {.role = Message::Role::assistant, .calls = {{"c", "document.create", "{}"}}},
             {.role = Message::Role::tool, .text = R"({"status":"succeeded"})", .call_id = "c"}},
            listed),
        "There it is.");
}

TEST(Script, StandardOneAsksBeforeItSends) {
    const Script script = Script::standard();
    const auto user = [](std::string text) {
        return std::vector<Message>{{.role = Message::Role::user, .text = std::move(text)}};
    };
    EXPECT_EQ(answered(script, user("Please write to bob@example.com I will be late")),
              "|lifeline.echo{\"text\":\"I will be late\",\"to\":\"bob@example.com\"}");
    EXPECT_EQ(answered(script, user("send hello there to ada@example.com.")),
              "|lifeline.echo{\"text\":\"hello there\",\"to\":\"ada@example.com\"}");
    EXPECT_EQ(answered(script, user("What is up")), "You said: What is up");
    EXPECT_EQ(
        answered(script, user("[What became of your actions since; tell them.]\n- lifeline.echo "
                              "(lifeline.echo {\"to\":\"bob\"}): {\"status\":\"denied\"}")),
        "As you wish, it was not sent.");
}

TEST(Script, SaysWhatBecameOfItsActionsAndAnswersWhatWasSaidBesides) {
    const Script script = Script::standard();
    using Role = Message::Role;
    const Message news{.role = Role::user,
                       .text =
                           "[What became of your actions since; tell them.]\n- lifeline.echo "
                           "(lifeline.echo {\"to\":\"bob\"}): {\"status\":\"denied\"}"};
    const Message words{.role = Role::user, .text = "send hi to ada"};
    EXPECT_EQ(answered(script, {words, news}),
              "As you wish, it was not sent.|lifeline.echo{\"text\":\"hi\",\"to\":\"ada\"}");
    const Message answered_before{.role = Role::user, .text = "send hi to ada", .is_new = false};
    EXPECT_EQ(answered(script, {answered_before, news}), "As you wish, it was not sent.");
    // Once its tools have answered, neither is begun anew.
    const Message asked{.role = Role::assistant, .calls = {{"c", "lifeline.echo", "{}"}}};
    const Message done{.role = Role::tool, .text = R"({"status":"succeeded"})", .call_id = "c"};
    EXPECT_EQ(answered(script, {words, news, asked, done}), answered(script, {words, asked, done}));
}

TEST(Script, RefusesWhatItDoesNotKnow) {
    EXPECT_EQ(Script::read(R"({"rules":[{"words":["a"],"sai":"b"}]})").error().pointer,
              "/rules/0/sai");
    EXPECT_EQ(Script::read(R"({"rules":[{"say":"b"}]})").error().pointer, "/rules/0/words");
    EXPECT_EQ(Script::read(R"({"rule":[]})").error().pointer, "/rule");
}

}  // namespace lifeline::agent
