#include "orchestration/webhook_signature.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace lifeline::orchestration {
namespace {

Secret<std::string> secret(std::string text) {
    return Secret<std::string>(std::move(text));
}

constexpr std::string_view id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr std::string_view timestamp = "1614265330";
constexpr std::string_view body = R"({"test": 2432232314})";
// Of the specification's own libraries.
const std::string known = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const std::string known_signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

TEST(WebhookSignature, IsTheOneOfTheSpecification) {
    const auto signer = WebhookSigner::create({secret(known)});
    ASSERT_TRUE(signer);
    EXPECT_EQ(signer->sign(id, timestamp, body), known_signature);
}

TEST(WebhookSignature, EachSecretSigns) {
    const auto signer = WebhookSigner::create(
        {secret("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="), secret(known)});
    ASSERT_TRUE(signer);
    EXPECT_EQ(signer->sign(id, timestamp, body),
              "v1,O4Gjv1HqPqsMrjmczoggs/sWA8gZD0VyHG+fLh4+ktI= " + known_signature);
    EXPECT_FALSE(WebhookSigner::create({})->signs());
}

TEST(WebhookSignature, ASecretThatIsNone) {
    for (const char* text : {"", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                             "whsec_MfKQ9r8=", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa!w",
                             "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS-"}) {
        SCOPED_TRACE(text);
        const auto signer = WebhookSigner::create({secret(known), secret(text)});
        ASSERT_FALSE(signer);
        EXPECT_EQ(signer.error().reason, "config_invalid");
        EXPECT_EQ(signer.error().detail.find("MfKQ"), std::string::npos);
    }
    EXPECT_FALSE(WebhookSigner::create({secret("whsec_" + std::string(100, 'A'))}));
}

TEST(WebhookSignature, ATimestampIsInSeconds) {
    EXPECT_EQ(webhook_timestamp(WallTime(Millis(1'614'265'330'999))), "1614265330");
}

}  // namespace
}  // namespace lifeline::orchestration
