#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "contract/canonical.h"
#include "sinks/jsonl.h"
#include "sinks/lago.h"
#include "sinks/openmeter.h"
#include "sinks/stripe.h"
#include "sinks/test_charge.h"
#include "sinks/webhook.h"

// Every request byte for byte, against files that were written by hand from what each sink
// documents.
namespace lifeline::sinks {
namespace {

// As a file of text has it: with an end of its last line, and none for what is empty.
std::string text_of(const Request& request) {
    std::string text = request.method;
    if (!request.path.empty()) text += " " + request.path;
    text += "\n";
    for (const auto& [name, value] : request.headers)
        text.append(name).append(": ").append(value) += "\n";
    if (!request.body.empty()) text += "\n" + request.body;
    if (!text.ends_with("\n")) text += "\n";
    return text;
}

std::string golden(const std::string& name) {
    std::ifstream file("src/sinks/fixtures/" + name + ".http", std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

const WallTime now = at("2026-02-16T11:12:03.400Z");
const Charge usage = usage_charge();
const Charge corrected = correction();

Secret<std::string> secret(const char* text) {
    return Secret<std::string>(text);
}

StripeAdapter stripe() {
    return StripeAdapter({.key = secret("sk_test_a"),
                          .customers = {{"acct_01JKQ8S0", "cus_NciAY"}},
                          .event_names = {{"minutes", "call_ms"}},
                          .meters = {{"minutes", "mtr_61Q8"}}});
}

OpenMeterAdapter openmeter() {
    return OpenMeterAdapter({.key = secret("om_a"),
                             .subjects = {{"acct_01JKQ8S0", "customer-1"}},
                             .types = {{"minutes", "call"}},
                             .meters = {{"minutes", "call_ms"}},
                             .source = "lifeline"});
}

LagoAdapter lago() {
    return LagoAdapter({.key = secret("lago_a"),
                        .subscriptions = {{"acct_01JKQ8S0", "sub_1234"}},
                        .codes = {{"minutes", "call_ms"}}});
}

WebhookAdapter webhook() {
    auto signer =
        WebhookSigner::create({secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                               secret("whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")});
    return WebhookAdapter({.path = "/billing", .headers = {}, .signer = *std::move(signer)});
}

TEST(Golden, Requests) {
    const std::vector<Item> one{{&usage, 0}};
    const std::vector<Item> again{{&usage, 2}};
    const std::vector<Item> negative{{&corrected, 0}};
    const std::vector<Item> both{{&usage, 0}, {&corrected, 0}};
    struct Case {
        const char* name;
        Request request;
    };
    const Case cases[] = {
        {"stripe_event", stripe().request(one, now)},
        {"stripe_event_answered_before", stripe().request(again, now)},
        {"stripe_event_negative", stripe().request(negative, now)},
        {"stripe_summaries", stripe().question(usage).value()},
        {"openmeter_one", openmeter().request(one, now)},
        {"openmeter_batch", openmeter().request(both, now)},
        {"openmeter_events", openmeter().question(usage).value()},
        {"openmeter_query", openmeter().total_question(usage).value()},
        {"lago_event", lago().request(one, now)},
        {"lago_batch", lago().request(both, now)},
        {"lago_find", lago().question(usage).value()},
        {"webhook", webhook().request(one, now)},
        {"webhook_correction", webhook().request(negative, now)},
        {"jsonl", JsonlAdapter().request(both, now)},
    };
    for (const auto& [name, request] : cases) {
        SCOPED_TRACE(name);
        EXPECT_EQ(text_of(request), golden(name));
    }
}

TEST(Golden, ALineOfTheFileIsCanonical) {
    const std::vector<Item> one{{&usage, 0}};
    std::string line = JsonlAdapter().request(one, now).body;
    line.pop_back();
    EXPECT_EQ(line, contract::canonical_json(line));
}

}  // namespace
}  // namespace lifeline::sinks
