#include <gtest/gtest.h>

#include <optional>

#include "base/virtual_loop.h"
#include "orchestration/builtin_executor.h"
#include "orchestration/client_executor.h"

namespace lifeline::orchestration {
namespace {

Outcome run(Executor& executor, VirtualLoop& loop, Job job) {
    std::optional<Outcome> outcome;
    executor.execute(std::move(job), [&](Outcome came) { outcome = std::move(came); });
    EXPECT_FALSE(outcome) << "from inside";
    executor.call_off("s", "a");
    loop.run();
    return outcome.value_or(Outcome{});
}

TEST(BuiltinExecutor, DoesWhatItSays) {
    VirtualLoop loop;
    BuiltinExecutor executor(loop);
    struct Case {
        const char* type;
        const char* args;
        Outcome::Kind kind;
        const char* result;
    };
    const Case cases[] = {
        {"lifeline.noop", R"({"a":1})", Outcome::Kind::succeeded, "{}"},
        {"lifeline.echo", R"({"a":[1,"x"]})", Outcome::Kind::succeeded, R"({"a":[1,"x"]})"},
        {"lifeline.rm", "{}", Outcome::Kind::failed, "{}"},
    };
    for (const auto& [type, args, kind, result] : cases) {
        SCOPED_TRACE(type);
        const Outcome outcome = run(executor, loop, {.action_type = type, .args_json = args});
        EXPECT_EQ(outcome.kind, kind);
        EXPECT_EQ(outcome.result_json, result);
    }
}

TEST(ClientExecutor, HandsOver) {
    VirtualLoop loop;
    ClientExecutor executor(loop);
    EXPECT_EQ(run(executor, loop, {.action_type = "screen.show"}).kind, Outcome::Kind::handed_over);
}

TEST(Job, HasAKeyThatIsItsOwnEverywhere) {
    EXPECT_EQ(idempotency_key_of({.session_id = "s", .action_id = "a"}), "s:a");
    EXPECT_EQ(idempotency_key_of({.session_id = "s", .action_id = "a", .idempotency_key = "k"}),
              "s:k");
    // Two agents in two calls may choose the same word.
    EXPECT_NE(idempotency_key_of({.session_id = "s", .action_id = "a", .idempotency_key = "k"}),
              idempotency_key_of({.session_id = "t", .action_id = "a", .idempotency_key = "k"}));
}

}  // namespace
}  // namespace lifeline::orchestration
