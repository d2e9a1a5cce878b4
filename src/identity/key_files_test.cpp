#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <thread>

#include "base/text.h"
#include "identity/external_ids.h"
#include "identity/instance_keys.h"
#include "identity/invite.h"

namespace lifeline::identity {

namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class KeyFiles : public testing::Test {
protected:
    void SetUp() override {
        std::string path = (fs::temp_directory_path() / "lifeline-keys-XXXXXX").string();
        ASSERT_NE(::mkdtemp(path.data()), nullptr);
        root_ = path;
        keys_ = root_ / "keys";
    }
    void TearDown() override { fs::remove_all(root_); }

    Result<InstanceKeys> create() { return InstanceKeys::open_or_create(keys_, random_); }
    static std::string read(const fs::path& path) {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    static void write(const fs::path& path, std::string_view text) {
        std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
    }
    static mode_t mode(const fs::path& path) {
        struct stat status{};
        EXPECT_EQ(::stat(path.c_str(), &status), 0);
        return status.st_mode & 07777;
    }

    fs::path root_;
    fs::path keys_;
    SystemRandom random_;
};

}  // namespace

TEST_F(KeyFiles, AreMadeOnceAndPrivate) {
    const ::mode_t before = ::umask(0);  // Nothing may depend on a kind umask.
    const auto first = create();
    ::umask(before);
    ASSERT_TRUE(first) << first.error().detail;
    EXPECT_EQ(mode(keys_), 0700u);
    std::size_t files = 0;
    for (const auto& entry : fs::directory_iterator(keys_)) {
        ++files;
        EXPECT_EQ(mode(entry.path()), 0600u) << entry.path();
    }
    EXPECT_EQ(files, 2u) << "nothing is left of making them";

    const auto again = create();
    ASSERT_TRUE(again) << again.error().detail;
    EXPECT_EQ(again->public_jwk_json(), first->public_jwk_json());
    EXPECT_EQ(again->issuer(), first->issuer());
    EXPECT_EQ(again->mac("a", "b"), first->mac("a", "b"));
    const auto beside = InstanceKeys::open(keys_);
    ASSERT_TRUE(beside);
    EXPECT_EQ(beside->key_id(), first->key_id());
}

TEST_F(KeyFiles, DifferFromInstanceToInstanceAndKeyToKey) {
    const auto first = create();
    ASSERT_TRUE(first);
    const auto other = InstanceKeys::open_or_create(root_ / "other", random_);
    ASSERT_TRUE(other);
    EXPECT_NE(first->issuer(), other->issuer());
    EXPECT_NE(first->key_id(), other->key_id());
    EXPECT_NE(first->mac("a", "b"), other->mac("a", "b"));
}

TEST_F(KeyFiles, AnInterruptedFirstStartIsFinished) {
    ASSERT_TRUE(create());
    const std::string signing = read(keys_ / "signing.key");
    fs::remove(keys_ / "root.key");  // The last one that a first start makes.
    write(keys_ / "root.key.0123456789abcdef.new", "lifeline-k");
    EXPECT_TRUE(create());
    EXPECT_EQ(read(keys_ / "signing.key"), signing);
    EXPECT_TRUE(InstanceKeys::open(keys_));
}

TEST_F(KeyFiles, ThatAreNotRightAreRefusedWithTheReason) {
    struct Case {
        const char* name;
        std::function<void()> harm;
        const char* reason;
        const char* says;
    };
    const Case cases[] = {
        {"folder open to the group", [&] { fs::permissions(keys_, fs::perms(0750)); },
         "keys_exposed", "chmod 0700"},
        {"folder writable by all", [&] { fs::permissions(keys_, fs::perms(01777)); },
         "keys_exposed", "chmod 0700"},
        {"file readable by all", [&] { fs::permissions(keys_ / "root.key", fs::perms(0644)); },
         "keys_exposed", "chmod 0600"},
        {"file readable by the group",
         [&] { fs::permissions(keys_ / "signing.key", fs::perms(0640)); }, "keys_exposed",
         "signing.key"},
        {"executable", [&] { fs::permissions(keys_ / "signing.key", fs::perms(0700)); },
         "keys_exposed", "signing.key"},
        {"a key is lost", [&] { fs::remove(keys_ / "signing.key"); }, "keys_missing",
         "lost signing.key"},
        {"empty", [&] { write(keys_ / "root.key", ""); }, "keys_corrupt", "no key file"},
        {"cut off",
         [&] {
             const auto text = read(keys_ / "root.key");
             write(keys_ / "root.key", text.substr(0, text.size() - 1));
         },
         "keys_corrupt", "checksum"},
        {"half", [&] { write(keys_ / "root.key", read(keys_ / "root.key").substr(0, 40)); },
         "keys_corrupt", "not whole"},
        {"one bit flipped",
         [&] {
             auto text = read(keys_ / "root.key");
             text[30] = text[30] == 'A' ? 'B' : 'A';
             write(keys_ / "root.key", text);
         },
         "keys_corrupt", "checksum"},
        {"appended to", [&] { write(keys_ / "root.key", read(keys_ / "root.key") + "\n"); },
         "keys_corrupt", "checksum"},
        {"another kind of key", [&] { write(keys_ / "root.key", read(keys_ / "signing.key")); },
         "keys_corrupt", "no key file"},
        {"very large", [&] { write(keys_ / "root.key", std::string(1 << 20, 'a')); },
         "keys_corrupt", "no key file"},
        {"a link",
         [&] {
             fs::rename(keys_ / "root.key", root_ / "elsewhere");
             fs::create_symlink(root_ / "elsewhere", keys_ / "root.key");
         },
         "keys_unreadable", "root.key"},
        {"a folder in its place",
         [&] {
             fs::remove(keys_ / "root.key");
             fs::create_directory(keys_ / "root.key");
         },
         "keys_corrupt", "no file"},
        {"a pipe in its place",
         [&] {
             fs::remove(keys_ / "root.key");
             ASSERT_EQ(::mkfifo((keys_ / "root.key").c_str(), 0600), 0);
         },
         "keys_corrupt", "no file"},
        {"the folder is a link",
         [&] {
             fs::rename(keys_, root_ / "moved");
             fs::create_directory_symlink(root_ / "moved", keys_);
         },
         "keys_unreadable", "keys"},
    };
    for (const auto& [name, harm, reason, says] : cases) {
        SCOPED_TRACE(name);
        fs::remove_all(keys_);
        fs::remove_all(root_ / "moved");
        fs::remove(root_ / "elsewhere");
        ASSERT_TRUE(create());
        const std::string secret = read(keys_ / "root.key").substr(25, 43);
        harm();
        for (const auto& refused : {create(), InstanceKeys::open(keys_)}) {
            ASSERT_FALSE(refused);
            EXPECT_EQ(refused.error().reason, reason);
            EXPECT_THAT(refused.error().detail, Not(HasSubstr(secret)));
        }
        EXPECT_THAT(create().error().detail, HasSubstr(says));
    }
}

TEST_F(KeyFiles, OfSomebodyElseAreRefused) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
    ASSERT_TRUE(create());
    ASSERT_EQ(::chown((keys_ / "root.key").c_str(), 65'534, 65'534), 0);
    const auto refused = create();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "keys_exposed");
    EXPECT_THAT(refused.error().detail, HasSubstr("belongs to user 65534"));
}

TEST_F(KeyFiles, AreNotMadeByWhoOnlyOpens) {
    const auto refused = InstanceKeys::open(keys_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "keys_missing");
    EXPECT_FALSE(fs::exists(keys_));
}

TEST_F(KeyFiles, TwoFirstStartsAtOnceAgree) {
    for (int round = 0; round < 20; ++round) {
        fs::remove_all(keys_);
        std::array<std::string, 4> seen;
        {
            std::vector<std::jthread> starts;
            for (std::string& out : seen)
                starts.emplace_back([&] {
                    SystemRandom random;
                    const auto keys = InstanceKeys::open_or_create(keys_, random);
                    out = keys ? keys->key_id() + keys->issuer() : keys.error().detail;
                });
        }
        for (const std::string& out : seen) EXPECT_EQ(out, seen[0]);
        EXPECT_EQ(seen[0].size(), 43u + 29u) << seen[0];
    }
}

TEST_F(KeyFiles, EveryPurposeHasItsOwnKey) {
    const auto keys = create();
    ASSERT_TRUE(keys);
    EXPECT_NE(keys->mac("connect token", "x"), keys->mac("invite", "x"));
    EXPECT_NE(keys->mac("invite", "x"), keys->mac("invite", "y"));
    EXPECT_EQ(keys->mac("invite", "x"), hmac_sha256(view(keys->derive("invite").reveal()), "x"));
}

TEST_F(KeyFiles, AnInviteSecretIsOfOneInviteOnly) {
    const auto keys = create();
    ASSERT_TRUE(keys);
    const std::string secret = invite_secret(*keys, "sess_1", "inv_1");
    EXPECT_EQ(secret.size(), 43u);
    EXPECT_TRUE(invite_secret_holds(*keys, "sess_1", "inv_1", secret));
    EXPECT_FALSE(invite_secret_holds(*keys, "sess_1", "inv_2", secret));
    EXPECT_FALSE(invite_secret_holds(*keys, "sess_2", "inv_1", secret));
    EXPECT_FALSE(invite_secret_holds(*keys, "sess_1i", "nv_1", secret));
    EXPECT_FALSE(invite_secret_holds(*keys, "sess_1", "inv_1", ""));
    EXPECT_FALSE(invite_secret_holds(*keys, "sess_1", "inv_1", secret.substr(1)));
}

TEST_F(KeyFiles, ExternalIdsAreStableAndOfOneIssuer) {
    const auto keys = create();
    ASSERT_TRUE(keys);
    const ExternalIds ids(*keys);
    const std::string id = ids.user_id("https://a.example", "alice");
    EXPECT_EQ(id, ExternalIds(*keys).user_id("https://a.example", "alice"));
    EXPECT_EQ(id.size(), 30u);
    EXPECT_TRUE(id.starts_with("usr_"));
    EXPECT_NE(id, ids.user_id("https://b.example", "alice"));
    EXPECT_NE(id, ids.user_id("https://a.exampl", "ealice"));
    EXPECT_NE(ids.account_id("a", "1").substr(5), ids.user_id("a", "1").substr(4));
}

}  // namespace lifeline::identity
