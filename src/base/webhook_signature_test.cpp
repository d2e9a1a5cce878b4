#include "base/webhook_signature.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace lifeline {
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

// Made by Node's crypto.
TEST(WebhookSignature, AnEd25519KeySignsToo) {
    const std::string seed = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const std::string pair =
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8DoQe/884Qvh1w3RjnS8CZZ+TWMJulDV8d3IZkElUxuA==";
    const std::string signature =
        "v1a,yoUrgEkc12aGqm0n4Sydmdz55xJfTz4AsAgieHFjmkR7LJtqVCZOQYzvvHjI5kAey+"
        "r4iaBGxTFRrl2iBQxtDQ==";
    const auto signer =
        WebhookSigner::create({secret("whsk_" + pair), secret("whsk_" + seed), secret(known)});
    ASSERT_TRUE(signer);
    EXPECT_EQ(signer->sign(id, timestamp, body),
              known_signature + " " + signature + " " + signature);
    EXPECT_EQ(signer->public_keys()[0], "whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=");
    EXPECT_TRUE(WebhookSigner::create({secret("whsk_" + seed)})->signs());

    std::string other = pair;
    other[70] = other[70] == 'A' ? 'B' : 'A';
    for (const std::string& text : {std::string(), seed.substr(4), other})
        EXPECT_FALSE(WebhookSigner::create({secret("whsk_" + text)}));
}

TEST(WebhookSignature, ATimestampIsInSeconds) {
    EXPECT_EQ(webhook_timestamp(WallTime(Millis(1'614'265'330'999))), "1614265330");
}

}  // namespace
}  // namespace lifeline
