#include "orchestration/http_outcome.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "contract/json.h"

namespace lifeline::orchestration {
namespace {

using testing::HasSubstr;
using Kind = Outcome::Kind;

TEST(HttpOutcome, WhatAStatusMeans) {
    struct Case {
        unsigned status;
        Kind once;  // Of a tool that may not be repeated.
        bool once_again;
        bool repeatable_again;  // Of one that may.
    };
    const Case cases[] = {
        {200, Kind::succeeded, false, false}, {201, Kind::succeeded, false, false},
        {204, Kind::succeeded, false, false}, {301, Kind::failed, false, false},
        {307, Kind::failed, false, false},    {400, Kind::failed, false, false},
        {401, Kind::failed, false, false},    {404, Kind::failed, false, false},
        {408, Kind::failed, false, false},    {409, Kind::failed, false, false},
        {429, Kind::failed, false, true},     {500, Kind::failed, false, false},
        {501, Kind::failed, false, false},    {502, Kind::unknown, false, false},
        {503, Kind::failed, false, true},     {504, Kind::unknown, false, false},
        {507, Kind::failed, false, false},    {522, Kind::unknown, false, false},
        {999, Kind::unknown, false, false},
    };
    for (const Case& row : cases) {
        SCOPED_TRACE(row.status);
        Job job;
        const Outcome once = outcome_of(job, net::Response{row.status, {}, ""});
        EXPECT_EQ(once.kind, row.once);
        EXPECT_EQ(once.may_retry, row.once_again);
        job.repeatable = true;
        const Outcome repeatable = outcome_of(job, net::Response{row.status, {}, ""});
        EXPECT_EQ(repeatable.kind, row.once);
        EXPECT_EQ(repeatable.may_retry, row.repeatable_again);
    }
}

TEST(HttpOutcome, WhatNoAnswerMeans) {
    struct Case {
        const char* reason;
        Code code;
        const char* outcome;
        Kind once;
        bool once_again;
        bool repeatable_again;
    };
    const Case cases[] = {
        {"peer_unavailable", Code::unavailable, "unreachable", Kind::failed, true, true},
        {"overloaded", Code::overloaded, "overloaded", Kind::failed, true, true},
        {"egress_denied", Code::not_allowed, "egress_denied", Kind::failed, false, false},
        {"bad_format", Code::malformed, "unreachable", Kind::failed, false, false},
        {"answer_lost", Code::unavailable, "no_answer", Kind::unknown, false, false},
    };
    for (const auto& [reason, code, word, once, once_again, repeatable_again] : cases) {
        SCOPED_TRACE(reason);
        const Result<net::Response> answer = fail(code, reason, "why");
        Job job;
        const Outcome outcome = outcome_of(job, answer);
        EXPECT_EQ(outcome.kind, once);
        EXPECT_EQ(outcome.code, word);
        EXPECT_EQ(outcome.may_retry, once_again);
        EXPECT_THAT(outcome.message, HasSubstr("why"));
        job.repeatable = true;
        EXPECT_EQ(outcome_of(job, answer).kind, once);
        EXPECT_EQ(outcome_of(job, answer).may_retry, repeatable_again);
    }
}

TEST(HttpOutcome, WhatASuccessSays) {
    struct Case {
        const char* name;
        std::string body;
        const char* result;
        const char* summary;
        const char* effect;
    };
    const Case cases[] = {
        {"nothing", "", "{}", "", ""},
        {"blanks", " \r\n", "{}", "", ""},
        {"all of it", R"({"summary":"Sent.","effectId":"m1","result":{"to":"a"}})", R"({"to":"a"})",
         "Sent.", "m1"},
        {"an object", R"({"to":"a"})", R"({"to":"a"})", "", ""},
        {"a result that is no object", R"({"result":[1]})", R"({"result":[1]})", "", ""},
        {"a list", "[1,2]", R"({"value":[1,2]})", "", ""},
        {"a text", "done", R"({"text":"done"})", "", ""},
        {"what the contract does not take", R"({"id":12345678901234567890,"t":"a\u0000"})",
         "{\"id\":\"12345678901234567890\",\"t\":\"a\xEF\xBF\xBD\"}", "", ""},
        {"twice the same key", R"({"a":1,"a":2})", R"({"text":"{\"a\":1,\"a\":2}"})", "", ""},
        {"of other kinds", R"({"summary":1,"effectId":{}})", R"({"summary":1,"effectId":{}})", "",
         ""},
        {"no UTF-8", "\xff", "{\"text\":\"\xEF\xBF\xBD\"}", "", ""},
    };
    for (const auto& [name, body, result, summary, effect] : cases) {
        SCOPED_TRACE(name);
        const Outcome outcome = outcome_of({}, net::Response{200, {}, body});
        EXPECT_EQ(outcome.kind, Kind::succeeded);
        EXPECT_EQ(outcome.result_json, result);
        EXPECT_EQ(outcome.summary, summary);
        EXPECT_EQ(outcome.effect_id, effect);
    }
    const std::string long_id(257, 'i');
    EXPECT_EQ(
        outcome_of({}, net::Response{200, {}, R"({"effectId":")" + long_id + "\"}"}).effect_id, "");
    const Outcome large = outcome_of({}, net::Response{200, {}, std::string(200'000, 'x')});
    EXPECT_LE(large.result_json.size(), result_bytes_max);
    EXPECT_TRUE(contract::Json::parse(large.result_json)->find("truncated"));
}

TEST(HttpOutcome, WhatAFailureSays) {
    struct Case {
        const char* body;
        const char* code;
        const char* message;
    };
    const Case cases[] = {
        {"", "http_404", "The tool answered 404 Not Found."},
        {"<html>", "http_404", "The tool answered 404 Not Found."},
        {R"({"code":"no_such_user","message":"Nobody is called so."})", "no_such_user",
         "The tool answered 404 Not Found: Nobody is called so."},
        {R"({"error":{"code":"x","message":"y"}})", "x", "The tool answered 404 Not Found: y"},
        {R"({"error":"y"})", "http_404", "The tool answered 404 Not Found: y"},
        {R"({"title":"t","detail":"d"})", "http_404", "The tool answered 404 Not Found: d"},
        {R"({"code":"No Word"})", "http_404", "The tool answered 404 Not Found."},
    };
    for (const auto& [body, code, message] : cases) {
        SCOPED_TRACE(body);
        const Outcome outcome = outcome_of({}, net::Response{404, {}, body});
        EXPECT_EQ(outcome.code, code);
        EXPECT_EQ(outcome.message, message);
    }
    const Outcome moved =
        outcome_of({}, net::Response{302, {{"Location", "http://10.0.0.1/"}}, ""});
    EXPECT_EQ(moved.code, "redirected");
    EXPECT_THAT(moved.message, HasSubstr("http://10.0.0.1/"));
}

TEST(HttpOutcome, HowLongToWait) {
    struct Case {
        std::optional<std::string> header;
        Millis wait;
    };
    const Case cases[] = {
        {std::nullopt, Millis(0)},
        {"7", Millis(7000)},
        {"0", Millis(0)},
        {"86400", Millis(3'600'000)},
        {"-1", Millis(0)},
        {"soon", Millis(0)},
        {"Sun, 06 Nov 1994 08:49:37 GMT", Millis(0)},
        {"99999999999", Millis(0)},
    };
    for (const auto& [header, wait] : cases) {
        SCOPED_TRACE(header.value_or("none"));
        net::Response busy{503, {}, ""};
        if (header) busy.headers.push_back({"retry-after", *header});
        EXPECT_EQ(retry_after(busy), wait);
        EXPECT_EQ(outcome_of({}, busy).retry_after, Millis(0));
        EXPECT_EQ(outcome_of({.repeatable = true}, busy).retry_after, wait);
    }
}

}  // namespace
}  // namespace lifeline::orchestration
