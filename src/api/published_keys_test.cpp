// What everybody may read of this instance's keys: of those that sign usage each with its time, and
// none that a verifier of tokens would take.
#include "api/published_keys.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <span>
#include <tuple>

#include "base/digest.h"
#include "base/random.h"
#include "base/text.h"
#include "contract/json.h"
#include "contract/json_writer.h"
#include "identity/jwk_set.h"

namespace lifeline::api {
namespace {

struct PublishedKeys : testing::Test {
    static std::filesystem::path made(const std::filesystem::path& path) {
        std::filesystem::remove_all(path);
        std::filesystem::create_directories(path);
        return path;
    }
    ~PublishedKeys() override { std::filesystem::remove_all(folder); }

    static std::string id(const SigningKey& key) {
        return to_hex(std::span<const std::uint8_t>(sha256(view(key.public_key()))).first(8));
    }
    static std::string x(const SigningKey& key) { return to_base64url(view(key.public_key())); }
    void take(std::uint64_t position, const SigningKey& key, std::string_view state,
              const SigningKey* endorses = nullptr, std::uint64_t doubtful = 0) {
        contract::JsonWriter json;
        json.object().key("keyId").value(id(key)).key("state").value(state);
        json.key("publicKey").value(x(key)).key("use").value("usage");
        if (endorses != nullptr) {
            const auto message = metering::endorsement_message(key.public_key());
            json.key("endorsedBy").value(id(*endorses));
            json.key("endorsement").value(to_base64url(view(endorses->sign(message))));
        }
        if (doubtful > 0) json.key("doubtfulFrom").value(doubtful);
        json.end();
        const auto taken = history.take(json.take(), position, at);
        ASSERT_TRUE(taken) << taken.error().detail;
    }

    const std::filesystem::path folder = made(std::filesystem::temp_directory_path() /
                                              ("published_keys_" + std::to_string(::getpid())));
    const WallTime at = *parse_rfc3339("2026-02-16T10:00:00.000Z");
    SeededRandom random{7};
    identity::InstanceKeys instance =
        *identity::InstanceKeys::open_or_create(folder / "this", random);
    SigningKey first = SigningKey::generate(random);
    SigningKey second = SigningKey::generate(random);
    metering::KeyHistory history;
};

TEST_F(PublishedKeys, SayWhichSignedUsageAndFromWhereTo) {
    take(10, first, "active");
    take(11, second, "added", &first);
    take(12, second, "active");
    take(13, first, "retired");
    take(20, first, "revoked", nullptr, 9);

    const auto set = contract::Json::parse(published_keys_json(instance, history));
    ASSERT_TRUE(set);
    const auto keys = set->find("keys")->items();
    ASSERT_EQ(keys.size(), 3u);
    EXPECT_EQ(keys[0].text("kid"), instance.key_id());
    EXPECT_EQ(keys[0].text("use"), "sig");
    for (const auto& [key, signing, state] :
         {std::tuple(keys[1], &first, "revoked"), {keys[2], &second, "active"}}) {
        EXPECT_EQ(key.text("kid"), id(*signing));
        EXPECT_EQ(key.text("x"), x(*signing));
        EXPECT_EQ(key.text("use"), "usage");
        EXPECT_EQ(key.text("state"), state);
        EXPECT_EQ(key.text("since"), "2026-02-16T10:00:00.000Z");
    }
    EXPECT_EQ(keys[1].find("retiredAt")->as_integer(), 13);
    EXPECT_EQ(keys[1].find("doubtfulFrom")->as_integer(), 9);
    EXPECT_EQ(keys[2].find("activeFrom")->as_integer(), 12);
    EXPECT_EQ(keys[2].text("endorsedBy"), id(first));
    EXPECT_FALSE(keys[2].find("retiredAt"));
}

TEST_F(PublishedKeys, LetNobodyInWhoSignsUsage) {
    take(10, first, "active");
    const auto set = identity::parse_jwk_set(published_keys_json(instance, history));
    ASSERT_TRUE(set);
    ASSERT_EQ(set->keys.size(), 1u);
    EXPECT_EQ(set->keys[0].key_id(), instance.key_id());
}

TEST_F(PublishedKeys, AreThisInstanceWhateverSignsUsage) {
    const auto other = *identity::InstanceKeys::open_or_create(folder / "other", random);
    const std::string before = published_keys_json(instance, history);
    take(10, first, "active");
    for (const std::string& set : {before, published_keys_json(instance, history)}) {
        EXPECT_TRUE(instance.is_in_jwks(set));
        EXPECT_FALSE(other.is_in_jwks(set));
    }
    for (const char* none : {"", "[]", "{}", R"({"keys":1})", R"({"keys":["x",{}]})"})
        EXPECT_FALSE(instance.is_in_jwks(none)) << none;
}

}  // namespace
}  // namespace lifeline::api
