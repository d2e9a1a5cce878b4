// Keys that sign usage: which signature counts where, and what no server writes.
#include "metering/key_history.h"

#include <gtest/gtest.h>

#include <span>

#include "base/digest.h"
#include "base/random.h"
#include "base/text.h"
#include "contract/json_writer.h"

namespace lifeline::metering {
namespace {

struct KeyHistoryTest : testing::Test {
    SeededRandom random{7};
    SigningKey seal = SigningKey::generate(random);
    SigningKey second = SigningKey::generate(random);
    SigningKey third = SigningKey::generate(random);
    KeyHistory history;

    static std::string id(const SigningKey& key) {
        return to_hex(std::span<const std::uint8_t>(sha256(view(key.public_key()))).first(8));
    }
    static std::string change(const SigningKey& key, std::string_view state,
                              const SigningKey* endorses = nullptr, std::uint64_t doubtful = 0) {
        contract::JsonWriter json;
        json.object().key("keyId").value(id(key)).key("state").value(state);
        json.key("publicKey").value(to_base64url(view(key.public_key()))).key("use").value("usage");
        if (endorses != nullptr) {
            json.key("endorsedBy").value(id(*endorses));
            json.key("endorsement")
                .value(to_base64url(view(endorses->sign(endorsement_message(key.public_key())))));
        }
        if (doubtful > 0) json.key("doubtfulFrom").value(doubtful);
        json.end();
        return json.take();
    }
    void take(std::uint64_t position, const std::string& payload) {
        const auto taken = history.take(payload, position);
        ASSERT_TRUE(taken) << taken.error().detail;
    }
    // The second follows the seal at 12 and 13, the third follows that at 32 and 40.
    void rotated_twice() {
        take(10, change(seal, "active"));
        take(11, change(second, "added", &seal));
        take(12, change(second, "active"));
        take(13, change(seal, "retired"));
        take(31, change(third, "added", &second));
        take(32, change(third, "active"));
        take(40, change(second, "retired"));
    }
    bool counts(const SigningKey& key, std::uint64_t position) const {
        return !history.doubt(id(key), position);
    }
};

TEST_F(KeyHistoryTest, WhatAKeySignedWhileItWasActiveStaysValid) {
    rotated_twice();
    EXPECT_EQ(history.active()->id, id(third));
    EXPECT_TRUE(counts(seal, 3)) << "from before there was a history";
    EXPECT_FALSE(counts(seal, 14));
    EXPECT_FALSE(counts(second, 11));
    EXPECT_TRUE(counts(second, 20));
    EXPECT_TRUE(counts(second, 36)) << "what it signed was still on its way";
    EXPECT_FALSE(counts(second, 41));
    EXPECT_TRUE(counts(third, 33));
    EXPECT_FALSE(counts(SigningKey::generate(random), 33));
}

TEST_F(KeyHistoryTest, ExactlyOneKeySignsAtEveryPosition) {
    take(10, change(seal, "active"));
    EXPECT_EQ(history.active()->id, id(seal));
    take(11, change(second, "added", &seal));
    EXPECT_EQ(history.active()->id, id(seal));
    take(12, change(second, "active"));
    EXPECT_EQ(history.active()->id, id(second));
    take(13, change(seal, "retired"));
    EXPECT_EQ(history.active()->id, id(second));
}

TEST_F(KeyHistoryTest, ARevokedKeyProvesNothingFromThereOnAndMoreCanBeTakenBack) {
    rotated_twice();
    take(50, change(second, "revoked", nullptr, 25));
    EXPECT_TRUE(counts(second, 24));
    EXPECT_FALSE(counts(second, 25));
    take(51, change(second, "revoked", nullptr, 45));
    EXPECT_FALSE(counts(second, 25)) << "a later word does not give back";
    take(52, change(second, "revoked", nullptr, 15));
    EXPECT_FALSE(counts(second, 20));
}

TEST_F(KeyHistoryTest, AKeyIsTrustedForTheOneBeforeThatEndorsedIt) {
    rotated_twice();
    EXPECT_TRUE(history.leads_from(seal.public_key(), id(third)));
    EXPECT_TRUE(history.leads_from(third.public_key(), id(third)));
    EXPECT_FALSE(history.leads_from(third.public_key(), id(second)));
}

TEST_F(KeyHistoryTest, WhatNoServerWritesIsRefused) {
    rotated_twice();
    const SigningKey stranger = SigningKey::generate(random);
    std::string false_id = change(stranger, "added");
    false_id.replace(false_id.find(id(stranger)), 16, id(second));
    std::string forged = change(stranger, "added", &second);
    forged.replace(forged.find(id(second)), 16, id(third));
    const struct {
        const char* name;
        std::uint64_t position;
        std::string payload;
    } cases[] = {
        {"another key's id", 60, false_id},
        {"an endorsement of somebody else", 60, forged},
        {"an endorsement by a stranger", 60, change(third, "active", &stranger)},
        {"a key that went comes back", 60, change(second, "active")},
        {"no such state", 60, change(third, "lost")},
        {"out of its place", 40, change(third, "retired")},
        {"nothing", 60, "{}"},
    };
    for (const auto& [name, position, payload] : cases) {
        SCOPED_TRACE(name);
        const auto taken = history.take(payload, position);
        ASSERT_FALSE(taken);
        EXPECT_EQ(taken.error().reason, "record_altered");
    }
    EXPECT_EQ(history.changes().size(), 7U);
}

}  // namespace
}  // namespace lifeline::metering
