#include "tools/registry.h"

#include <gtest/gtest.h>

#include <string>

namespace lifeline::tools {
namespace {

Tool http(std::string name) {
    Tool tool;
    tool.name = std::move(name);
    tool.url = "https://tools.example.com/send";
    return tool;
}

TEST(Registry, IsEmptyUntilSomethingIsConfigured) {
    const Registry registry;
    EXPECT_TRUE(registry.tools().empty());
    EXPECT_EQ(registry.find("send_email"), nullptr);
    EXPECT_EQ(registry.hash(), Registry::create({})->hash());
    EXPECT_EQ(registry.hash().size(), 64U);
}

TEST(Registry, FindsByName) {
    const auto registry = Registry::create({http("send_email"), http("book"), http("search")});
    ASSERT_TRUE(registry);
    ASSERT_NE(registry->find("book"), nullptr);
    EXPECT_EQ(registry->find("book")->name, "book");
    EXPECT_EQ(registry->find("boo"), nullptr);
    EXPECT_EQ(registry->find("zebra"), nullptr);
    EXPECT_EQ(registry->find(""), nullptr);
    EXPECT_EQ(registry->tools().front().name, "book");
}

TEST(Registry, AnUnknownRiskIsAHighOne) {
    const auto registry = Registry::create({http("a")});
    EXPECT_EQ(registry->find("a")->risk, contract::Risk::high_risk_external_send);
    EXPECT_FALSE(repeatable(*registry->find("a")));
}

TEST(Registry, RefusesWhatCouldNotBeReliedOn) {
    struct Case {
        const char* name;
        void (*change)(Tool&);
        const char* pointer;  // "ok": it is fine so
    };
    const Case cases[] = {
        {"as it is", [](Tool&) {}, "ok"},
        {"no name", [](Tool& t) { t.name = ""; }, "//name"},
        {"a name that is no word", [](Tool& t) { t.name = "send email"; }, "/send email/name"},
        {"http to nowhere", [](Tool& t) { t.url = ""; }, "/a/url"},
        {"a probe to nowhere", [](Tool& t) { t.probe_url = "nowhere"; }, "/a/probe_url"},
        {"a probe that does it", [](Tool& t) { t.probe_url = t.url; }, "/a/probe_url"},
        {"http to a file", [](Tool& t) { t.url = "file:///etc/passwd"; }, "/a/url"},
        {"mcp of no server", [](Tool& t) { t.kind = Kind::mcp; }, "/a/server"},
        {"mcp", [](Tool& t) { t.kind = Kind::mcp, t.server = "files"; }, "ok"},
        {"client", [](Tool& t) { t.kind = Kind::client; }, "ok"},
        {"a built-in that is none", [](Tool& t) { t.kind = Kind::builtin; }, "/a/kind"},
        {"a built-in", [](Tool& t) { t.kind = Kind::builtin, t.name = "lifeline.echo"; }, "ok"},
        {"no time", [](Tool& t) { t.timeout = Millis{0}; }, "/a/timeout_ms"},
        {"all the time", [](Tool& t) { t.timeout = timeout_max + Millis{1}; }, "/a/timeout_ms"},
        {"no attempt", [](Tool& t) { t.attempts = 0; }, "/a/attempts"},
        {"too many attempts", [](Tool& t) { t.attempts = 11, t.idempotent = true; }, "/a/attempts"},
        {"a send that repeats", [](Tool& t) { t.attempts = 2; }, "/a/attempts"},
        {"a low risk that repeats",
         [](Tool& t) { t.attempts = 2, t.risk = contract::Risk::low_risk_write; }, "/a/attempts"},
        {"a look that repeats", [](Tool& t) { t.attempts = 2, t.risk = contract::Risk::read_only; },
         "ok"},
        {"an idempotent one repeats", [](Tool& t) { t.attempts = 2, t.idempotent = true; }, "ok"},
        {"a negative rate", [](Tool& t) { t.per_minute = -1; }, "/a/per_minute"},
        {"a display of no kind", [](Tool& t) { t.display.scope_kind = "mail"; }, "/a/display"},
        {"a display that points wrong", [](Tool& t) { t.display.target = "to"; }, "/a/display"},
        {"a display", [](Tool& t) { t.display.target = "/to/0"; }, "ok"},
        {"a broken schema", [](Tool& t) { t.schema_json = R"({"type":"strin"})"; },
         "/a/schema/type"},
        {"a schema that is no JSON", [](Tool& t) { t.schema_json = "{"; }, "/a/schema"},
        {"a schema", [](Tool& t) { t.schema_json = R"({"type":"object"})"; }, "ok"},
    };
    for (const auto& [name, change, pointer] : cases) {
        SCOPED_TRACE(name);
        Tool tool = http("a");
        change(tool);
        const auto registry = Registry::create({tool});
        EXPECT_EQ(registry ? "ok" : registry.error().pointer, pointer);
        EXPECT_EQ(check_tool(tool).has_value(), registry.has_value());
        if (!registry) EXPECT_EQ(registry.error().reason, "tool_invalid");
    }
    EXPECT_EQ(Registry::create({http("a"), http("b"), http("a")}).error().pointer, "/a/name");
    std::vector<Tool> many;
    for (std::size_t i = 0; i <= tools_max; ++i) many.push_back(http(std::to_string(i)));
    EXPECT_FALSE(Registry::create(many));
    many.pop_back();
    EXPECT_TRUE(Registry::create(many));
}

TEST(Registry, ChecksArguments) {
    Tool free = http("free"), strict = http("strict");
    strict.schema_json = R"({"type":"object","properties":{"to":{"type":"string"}},
        "required":["to"],"additionalProperties":false})";
    const auto registry = Registry::create({free, strict});
    ASSERT_TRUE(registry);
    struct Case {
        const char* tool;
        const char* args;
        const char* pointer;
    };
    const Case cases[] = {
        {"free", "{}", "ok"},
        {"free", R"({"anything":[1,{"a":null}]})", "ok"},
        {"free", "[]", "/payload/args"},
        {"free", "null", "/payload/args"},
        {"free", "", "/payload/args"},
        {"free", R"({"a":1,"a":2})", "/payload/args"},
        {"strict", R"({"to":"ana@example.com"})", "ok"},
        {"strict", R"({"to":["ana@example.com"]})", "/payload/args/to"},
        {"strict", R"({"to":"a","bcc":"b"})", "/payload/args/bcc"},
        {"strict", "{}", "/payload/args/to"},
        {"strict", R"({"to":"a","\u0074o":"b"})", "/payload/args"},  // the same key, escaped
    };
    for (const auto& [tool, args, pointer] : cases) {
        SCOPED_TRACE(std::string(tool) + " " + args);
        const auto checked = registry->check_args(*registry->find(tool), args);
        EXPECT_EQ(checked ? "ok" : checked.error().pointer, pointer);
        if (!checked) EXPECT_EQ(checked.error().reason, "args_invalid");
    }
    EXPECT_FALSE(registry->check_args(http("gone"), "{}"));
}

TEST(Registry, TheHashIsThatOfWhatItMeans) {
    Tool a = http("a");
    a.schema_json = R"({"type":"object","required":["x"]})";
    const auto hash = [](std::vector<Tool> tools) {
        const auto registry = Registry::create(std::move(tools));
        return registry ? std::string(registry->hash()) : "refused";
    };
    const std::string usual = hash({a, http("b")});
    EXPECT_EQ(usual, hash({http("b"), a}));
    Tool respelled = a;
    respelled.schema_json = R"( {"required":["x"], "type":"object"} )";
    EXPECT_EQ(usual, hash({respelled, http("b")}));
    for (void (*change)(Tool&) : std::initializer_list<void (*)(Tool&)>{
             [](Tool& t) { t.name = "c"; }, [](Tool& t) { t.description = "x"; },
             [](Tool& t) { t.risk = contract::Risk::read_only; },
             [](Tool& t) { t.idempotent = true; }, [](Tool& t) { t.timeout = Millis{1}; },
             [](Tool& t) { t.per_minute = 1; },
             [](Tool& t) { t.requesters = {contract::Role::user}; },
             [](Tool& t) { t.schema_json = ""; }, [](Tool& t) { t.display.external = false; },
             [](Tool& t) { t.display.preview = "/x"; }, [](Tool& t) { t.url += "/x"; },
             [](Tool& t) { t.secret_file = "x"; }}) {
        Tool other = a;
        change(other);
        EXPECT_NE(usual, hash({other, http("b")}));
    }
    EXPECT_NE(usual, hash({a}));
}

}  // namespace
}  // namespace lifeline::tools
