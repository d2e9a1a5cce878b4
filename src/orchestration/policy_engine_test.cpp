#include "orchestration/policy_engine.h"

#include <gtest/gtest.h>

namespace lifeline::orchestration {
namespace {

using Outcome = call::EngineWord::Outcome;

TEST(PolicyEngine, WhatIsNoWordOfItsOwnIsNoWord) {
    struct Case {
        const char* name;
        unsigned status;
        const char* body;
        call::EngineWord word;
    };
    const Case cases[] = {
        {"true", 200, R"({"result":true})", {Outcome::allow}},
        {"false", 200, R"({"result":false})", {Outcome::deny}},
        {"allow", 200, R"({"result":{"allow":true}})", {Outcome::allow}},
        {"allow: no",
         200,
         R"({"result":{"allow":false,"message":"Not today."}})",
         {Outcome::deny, "", "Not today."}},
        {"an outcome",
         200,
         R"({"result":{"outcome":"confirm","rule":"big"},"decision_id":"1"})",
         {Outcome::confirm, "big"}},
        {"an outcome that is none counts over allow",
         200,
         R"({"result":{"outcome":"maybe","allow":true}})",
         {}},
        {"a rule that is no name",
         200,
         R"({"result":{"outcome":"allow","rule":"a b"}})",
         {Outcome::allow}},
        {"undefined", 200, "{}", {}},
        {"null", 200, R"({"result":null})", {}},
        {"a text", 200, R"({"result":"allow"})", {}},
        {"a number", 200, R"({"result":1})", {}},
        {"a list", 200, R"({"result":[true]})", {}},
        {"allow as a text", 200, R"({"result":{"allow":"true"}})", {}},
        {"nothing", 200, "", {}},
        {"no JSON", 200, "yes", {}},
        {"an error", 500, R"({"result":true})", {}},
        {"another page", 302, R"({"result":true})", {}},
        {"created", 201, R"({"result":true})", {}},
    };
    for (const auto& [name, status, body, word] : cases) {
        SCOPED_TRACE(name);
        EXPECT_EQ(engine_word_of(net::Response{status, {}, body}), word);
    }
    EXPECT_EQ(engine_word_of(fail(Code::unavailable, "answer_lost", "cut")), call::EngineWord{});
}

}  // namespace
}  // namespace lifeline::orchestration
