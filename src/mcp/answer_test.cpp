#include "mcp/answer.h"

#include <gtest/gtest.h>

#include "contract/json.h"
#include "contract/json_writer.h"
#include "mcp/context.h"

namespace lifeline::mcp {

namespace {

using call::ActionState;
using contract::Json;

contract::Event event(std::string_view type, std::string_view payload) {
    contract::EventChecker checker;
    auto made = checker.check(
        contract::event_json("ll_1", "sess_1", "2026-02-16T10:00:00.000Z", type, payload),
        contract::Sender::server);
    EXPECT_TRUE(made) << type << made.error().reason << made.error().pointer;
    return std::move(*made);
}

call::Action action(ActionState state, std::string outcome = "") {
    call::Action made;
    made.id = "act_1";
    made.type = "send";
    made.state = state;
    made.outcome = std::move(outcome);
    return made;
}

}  // namespace

TEST(Answer, SaysHowAnActionStands) {
    struct Case {
        const char* name;
        call::Action given;
        std::optional<contract::Event> outcome;
        const char* status;
        const char* message;  // begins so
        bool is_error;
    };
    const auto over = [](const char* how) { return action(ActionState::over, how); };
    const Case cases[] = {
        {"on its way", action(ActionState::approved), {}, "accepted", "It is being done.", false},
        {"a person is asked",
         action(ActionState::awaiting_confirmation),
         {},
         "accepted",
         "Nothing was done yet",
         false},
        {"nobody knows",
         action(ActionState::unknown),
         {},
         "accepted",
         "It may have been done",
         false},
        {"done", over("succeeded"),
         event(
             "orchestration.action.succeeded",
             R"({"actionId":"act_1","durationMs":1,"resultSummary":"sent","result":{"id":"m1"}})"),
         "accepted", "sent", false},
        {"done, without a word", over("succeeded"), {}, "accepted", "Done.", false},
        {"denied", over("cancelled"),
         event("orchestration.action.cancelled", R"({"actionId":"act_1","cause":"denied"})"),
         "accepted", "Not done. The person said no.", true},
        {"too late", over("cancelled"),
         event("orchestration.action.cancelled", R"({"actionId":"act_1","cause":"expired"})"),
         "accepted", "Not done. Nobody answered in time.", true},
        {"failed", over("failed"),
         event("orchestration.action.failed",
               R"({"actionId":"act_1","code":"peer_refused","message":"no","attempt":1})"),
         "accepted", "Not done. It failed (peer_refused): no", true},
        {"malformed", over("rejected"),
         event("orchestration.action.rejected",
               R"({"actionId":"act_1","code":"schema","message":"/to is missing"})"),
         "rejected", "Not accepted (schema): /to is missing", true},
    };
    for (const auto& [name, given, outcome, status, message, is_error] : cases) {
        SCOPED_TRACE(name);
        const auto answer = action_answer(given, false, outcome);
        const auto json = Json::parse(answer.json);
        ASSERT_TRUE(json) << answer.json;
        EXPECT_EQ(json->text("status"), status);
        EXPECT_TRUE(json->text("message")->starts_with(message)) << answer.json;
        EXPECT_EQ(answer.is_error, is_error);
    }
    const auto again = Json::parse(action_answer(over("succeeded"), true, {}).json);
    EXPECT_EQ(again->text("status"), "duplicate");
    const auto result = Json::parse(
        action_answer(over("succeeded"), false,
                      event("orchestration.action.succeeded",
                            R"({"actionId":"act_1","durationMs":1,"result":{"id":"m1"}})"))
            .json);
    EXPECT_EQ(result->find("result")->text("id"), "m1");
}

TEST(Context, HasTheNewestModeAndRevisions) {
    Recent recent;
    const auto mode = [](const char* name, const char* state) {
        return event("orchestration.mode.changed", std::string(R"({"mode":")") + name +
                                                       R"(","state":")" + state +
                                                       R"(","reason":"r","rev":1})");
    };
    const auto document = [](const char* id, int rev) {
        return event("orchestration.deliverable.updated",
                     std::string(R"({"documentId":")") + id + R"(","kind":"cv","rev":)" +
                         std::to_string(rev) + R"(,"by":"usr_1"})");
    };
    recent.take(mode("cv", "activated"));
    recent.take(document("doc_1", 2));
    recent.take(document("doc_1", 3));
    EXPECT_EQ(recent.only_document("cv"), "doc_1");
    EXPECT_EQ(recent.only_document("letter"), "");
    recent.take(document("doc_2", 1));
    EXPECT_EQ(recent.only_document("cv"), "") << "there are two";
    recent.take(
        event("orchestration.deliverable.updated",
              R"({"documentId":"doc_2","kind":"cv","rev":1,"by":"usr_1","unshared":true})"));
    EXPECT_EQ(recent.only_document("cv"), "doc_1") << "the other was taken away";
    recent.take(mode("other", "deactivated"));
    EXPECT_EQ(recent.mode(), "cv");
    call::State state;
    state.id = "sess_1";
    const auto json = Json::parse(with_recent(context_json(state, 9), recent));
    ASSERT_TRUE(json);
    EXPECT_EQ(json->text("mode"), "cv");
    EXPECT_EQ(json->find("seq")->as_integer(), 9);
    EXPECT_EQ(json->find("documents")->items().at(0).find("rev")->as_integer(), 3);
    recent.take(mode("cv", "deactivated"));
    EXPECT_EQ(recent.mode(), "");
}

}  // namespace lifeline::mcp
