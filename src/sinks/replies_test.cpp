#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "contract/reason.h"
#include "sinks/lago.h"
#include "sinks/openmeter.h"
#include "sinks/reply.h"
#include "sinks/stripe.h"
#include "sinks/test_charge.h"
#include "sinks/webhook.h"

namespace lifeline::sinks {
namespace {

using Meaning = Reply::Meaning;
using What = Found::What;

const Charge one = usage_charge();
const Charge two = correction();

net::Response answer(unsigned status, std::string body = {}, net::Headers headers = {}) {
    return {.status = status, .headers = std::move(headers), .body = std::move(body)};
}

Result<net::Response> error(const char* reason) {
    return fail(Code::unavailable, reason, "the peer is gone");
}

const StripeAdapter stripe({.key = Secret<std::string>("sk"),
                            .customers = {{"acct_01JKQ8S0", "cus_1"}},
                            .event_names = {{"minutes", "call_ms"}},
                            .meters = {{"minutes", "mtr_1"}}});
const OpenMeterAdapter openmeter({.key = {}, .meters = {{"minutes", "call_ms"}}});
const LagoAdapter lago({.key = Secret<std::string>("k"),
                        .subscriptions = {{"acct_01JKQ8S0", "sub_1"}},
                        .codes = {{"minutes", "call_ms"}}});
const WebhookAdapter webhook(WebhookOptions{});

std::string stripe_error(std::string_view type, std::string_view message) {
    return fmt::format(R"({{"error":{{"type":"{}","message":"{}"}}}})", type, message);
}

constexpr const char* stripe_took =
    R"({"object":"billing.meter_event","created":1771240323,"identifier":"bu_7k2m","event_name":"call_ms","livemode":false,"payload":{"value":"312000","stripe_customer_id":"cus_1"},"timestamp":1771236000})";

TEST(Replies, OfOneCharge) {
    struct Case {
        const char* name;
        const Adapter& adapter;
        Result<net::Response> given;
        Meaning meaning;
        Reply::Of of;
        const char* message = "";
    };
    using enum Reply::Of;
    const Case cases[] = {
        {"nothing was sent", stripe, error("peer_unavailable"), Meaning::transient, sink},
        {"sent, and no answer", stripe, error("answer_lost"), Meaning::unknown, sink},
        {"more of an answer than is read", stripe, error("body_too_large"), Meaning::unknown, sink},
        {"Stripe took it", stripe, answer(200, stripe_took), Meaning::delivered, charge},
        {"a page that says 200", stripe, answer(200, "<html>Welcome</html>"), Meaning::unknown,
         sink, "not as Stripe"},
        {"another event", stripe,
         answer(200, R"({"object":"billing.meter_event","identifier":"x"})"), Meaning::unknown,
         sink},
        {"Stripe has it", stripe,
         answer(400, stripe_error("invalid_request_error",
                                  "An event already exists with identifier bu_7k2m.")),
         Meaning::duplicate, charge},
        {"Stripe has another one", stripe,
         answer(400, stripe_error("invalid_request_error",
                                  "An event already exists with identifier bu_other.")),
         Meaning::permanent, charge},
        {"no such customer", stripe,
         answer(
             400,
             R"({"error":{"type":"invalid_request_error","code":"resource_missing","message":"No such customer: 'cus_1'"}})"),
         Meaning::permanent, charge, "resource_missing: No such customer: 'cus_1'"},
        {"the key with other parameters", stripe,
         answer(400, stripe_error("idempotency_error", "Keys for idempotent requests")),
         Meaning::conflict, charge},
        {"an attempt is still under way", stripe,
         answer(409, stripe_error("invalid_request_error", "in progress")), Meaning::unknown,
         charge},
        {"the key is wrong", stripe,
         answer(401, stripe_error("invalid_request_error", "Invalid API Key")), Meaning::transient,
         sink, "Invalid API Key"},
        {"too many", stripe, answer(429, stripe_error("rate_limit_error", "Too many")),
         Meaning::transient, sink},
        {"Stripe is broken", stripe, answer(500, stripe_error("api_error", "oh")), Meaning::unknown,
         sink},
        {"a redirect", webhook, answer(307, "", {{"Location", "https://elsewhere.example/"}}),
         Meaning::transient, sink, "https://elsewhere.example/"},
        {"any yes of a webhook", webhook, answer(202, "thanks"), Meaning::delivered, sink},
        {"a receiver that has gone", webhook, answer(410), Meaning::disabled, sink},
        {"a receiver that refuses this one", webhook, answer(400, "no"), Meaning::permanent,
         charge},
        {"a receiver that is not there", webhook, answer(404), Meaning::transient, sink, "url"},
        {"OpenMeter took it, or had it", openmeter, answer(204), Meaning::delivered, sink},
        {"a page instead of OpenMeter", openmeter, answer(200, "<html>"), Meaning::unknown, sink},
        {"OpenMeter refuses", openmeter,
         answer(
             400,
             R"({"type":"about:blank","title":"Bad Request","status":400,"detail":"time is none"})"),
         Meaning::permanent, charge, "time is none"},
        {"Lago took it", lago,
         answer(200, R"({"event":{"lago_id":"1","transaction_id":"bu_7k2m"}})"), Meaning::delivered,
         sink},
        {"a page instead of Lago", lago, answer(200, "{}"), Meaning::unknown, sink},
        {"Lago has it", lago,
         answer(
             422,
             R"({"status":422,"error":"Unprocessable Entity","code":"validation_errors","error_details":{"transaction_id":["value_already_exist"]}})"),
         Meaning::duplicate, charge},
        {"Lago refuses", lago,
         answer(
             422,
             R"({"status":422,"error":"Unprocessable Entity","code":"validation_errors","error_details":{"timestamp":["invalid_format"]}})"),
         Meaning::permanent, charge, "timestamp: invalid_format"},
        {"a 422 that says nothing", lago, answer(422, "{}"), Meaning::permanent, charge},
        {"a refusal of something on the way", lago, answer(422, "oh"), Meaning::unknown, sink},
        {"a refusal that was cut off", stripe, answer(400, "{\"error\":{\"type\":\"inv"),
         Meaning::unknown, sink, "not as such a sink"},
        {"a page that refuses", openmeter, answer(400, "<html>"), Meaning::unknown, sink},
    };
    const std::vector<Item> items{{&one, 0}};
    for (const auto& [name, adapter, given, meaning, of, message] : cases) {
        SCOPED_TRACE(name);
        const auto replies = adapter.replies(items, given);
        ASSERT_EQ(replies.size(), 1U);
        EXPECT_EQ(replies[0].meaning, meaning);
        if (meaning != Meaning::delivered && meaning != Meaning::unknown)
            EXPECT_EQ(replies[0].of, of);
        EXPECT_NE(replies[0].message.find(message), std::string::npos) << replies[0].message;
        EXPECT_FALSE(replies[0].alone);
    }
}

TEST(Replies, OfABatchAreOfEachByItself) {
    const std::vector<Item> items{{&one, 0}, {&two, 0}};
    const auto of_lago = lago.replies(
        items,
        answer(
            422,
            R"({"code":"validation_errors","error_details":{"1":{"transaction_id":["value_already_exist"]}}})"));
    EXPECT_EQ(of_lago[0].meaning, Meaning::unknown);  // Stored or not: that depends on its version.
    EXPECT_EQ(of_lago[1].meaning, Meaning::duplicate);

    const auto some =
        lago.replies(items, answer(200, R"({"events":[{"transaction_id":"ba_9x4p"}]})"));
    EXPECT_EQ(some[0].meaning, Meaning::unknown);
    EXPECT_EQ(some[1].meaning, Meaning::delivered);

    for (const Reply& reply : openmeter.replies(items, answer(400, "{}"))) {
        EXPECT_EQ(reply.meaning, Meaning::transient);
        EXPECT_TRUE(reply.alone);
    }
    for (const Reply& reply : lago.replies(items, answer(422, "{}"))) EXPECT_TRUE(reply.alone);
}

TEST(Replies, OfAQuestion) {
    struct Case {
        const char* name;
        Found found;
        What what;
        std::int64_t sum = 0;
    };
    const auto event = [](const char* id, const char* problem) {
        return fmt::format(
            R"([{{"event":{{"id":"{}","source":"lifeline"}}{},"ingestedAt":"2026-02-16T11:12:04Z"}}])",
            id, problem);
    };
    const Case cases[] = {
        {"Stripe's sum of that hour alone",
         stripe.found(one, answer(200, R"({"object":"list","data":[
            {"object":"billing.meter_event_summary","aggregated_value":312000.0,"start_time":1771236000,"end_time":1771239600},
            {"object":"billing.meter_event_summary","aggregated_value":7,"start_time":1771239600,"end_time":1771243200}]})")),
         What::sum, 312'000},
        {"nothing of that hour", stripe.found(one, answer(200, R"({"object":"list","data":[]})")),
         What::sum, 0},
        {"a sum that is no integer",
         stripe.found(
             one,
             answer(
                 200,
                 R"({"object":"list","data":[{"aggregated_value":0.5,"start_time":1771236000}]})")),
         What::unclear},
        {"a page", stripe.found(one, answer(200, "<html>")), What::failed},
        {"no answer", stripe.found(one, error("answer_lost")), What::failed},
        {"OpenMeter has it", openmeter.found(one, answer(200, event("bu_7k2m", ""))),
         What::present},
        {"only one that contains its id", openmeter.found(one, answer(200, event("bu_7k2mX", ""))),
         What::absent},
        {"it has it and does not count it",
         openmeter.found(one, answer(200, event("bu_7k2m", R"(,"validationError":"no meter")"))),
         What::unclear},
        {"none", openmeter.found(one, answer(200, "[]")), What::absent},
        {"its total",
         openmeter.total(
             one,
             answer(
                 200,
                 R"({"windowSize":"HOUR","data":[{"value":312000,"windowStart":"2026-02-16T10:00:00Z"}]})")),
         What::sum, 312'000},
        {"Lago has it",
         lago.found(
             one,
             answer(
                 200,
                 R"({"event":{"transaction_id":"bu_7k2m","external_subscription_id":"sub_1"}})")),
         What::present},
        {"with another subscription",
         lago.found(
             one,
             answer(
                 200,
                 R"({"event":{"transaction_id":"bu_7k2m","external_subscription_id":"sub_2"}})")),
         What::unclear},
        {"Lago has it not",
         lago.found(one,
                    answer(404, R"({"status":404,"error":"Not Found","code":"event_not_found"})")),
         What::absent},
        {"a 404 of somebody else", lago.found(one, answer(404, "no")), What::failed},
    };
    for (const auto& [name, found, what, sum] : cases) {
        SCOPED_TRACE(name);
        EXPECT_EQ(found.what, what) << found.message;
        EXPECT_EQ(found.sum, sum);
    }
}

TEST(Replies, WhatCanNeverBeSentIsNotAndSaysWhatToDo) {
    Charge amount_alone = two;
    amount_alone.quantity = 0;
    Charge long_one = one;
    long_one.quantity = 1'234'567'890'123'456;
    Charge stranger = one;
    stranger.account = "acct_other";
    Charge unnamed = one;
    unnamed.item = "faxes";
    Charge dotted = one;
    dotted.id = "bu.1";
    const auto why = [](const Adapter& adapter, const Charge& charge) {
        return adapter.refuses(charge).value_or("nothing");
    };
    EXPECT_EQ(why(stripe, one), "nothing");
    EXPECT_EQ(why(stripe, two), "nothing");
    EXPECT_NE(why(stripe, amount_alone).find("by hand"), std::string::npos);
    EXPECT_NE(why(openmeter, amount_alone).find("by hand"), std::string::npos);
    EXPECT_EQ(why(webhook, amount_alone), "nothing");
    EXPECT_NE(why(stripe, long_one).find("15 digits"), std::string::npos);
    EXPECT_EQ(why(lago, long_one), "nothing");
    EXPECT_EQ(why(stripe, stranger),
              "the sink's table customers has no entry for acct_other: add it, then redrive");
    EXPECT_NE(why(lago, unnamed).find("items has no entry for faxes"), std::string::npos);
    EXPECT_EQ(why(openmeter, stranger), "nothing");
    EXPECT_NE(why(webhook, dotted).find("dot"), std::string::npos);
}

TEST(Replies, RetryAfterIsSecondsOrADateByItsOwnClock) {
    const auto after = [](net::Headers headers) {
        return retry_after(answer(503, "", std::move(headers)));
    };
    EXPECT_EQ(after({{"Retry-After", "120"}}), Millis(120'000));
    EXPECT_EQ(after({{"Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT"},
                     {"Date", "Sun, 06 Nov 1994 08:49:07 GMT"}}),
              Millis(30'000));
    EXPECT_EQ(after({{"Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT"},
                     {"Date", "Sun, 06 Nov 1994 09:00:00 GMT"}}),
              Millis(0));
    EXPECT_EQ(after({{"Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT"}}), std::nullopt);
    EXPECT_EQ(after({{"Retry-After", "soon"}}), std::nullopt);
    EXPECT_EQ(after({{"Retry-After", "-1"}}), std::nullopt);
    EXPECT_EQ(after({}), std::nullopt);
}

TEST(Replies, AForeignTextIsShortAndOfOneLine) {
    EXPECT_EQ(tame("a\nb\x1b[31m"), "a b [31m");
    EXPECT_EQ(tame("https://a/\xff\xc3"), "https://a/??") << "a Location of any bytes";
    std::string long_text(511, 'a');
    EXPECT_EQ(tame(long_text + "\xc3\xa9" + "b"), long_text);
    EXPECT_EQ(tame(std::string(510, 'a') + "\xc3\xa9" + "b"), std::string(510, 'a') + "\xc3\xa9");
}

}  // namespace
}  // namespace lifeline::sinks
