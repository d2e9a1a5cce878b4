#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "identity/administration.h"
#include "identity/connect_token.h"
#include "identity/test_house.h"

// Changes while the server runs: one after the other, durable before they are told, and what they
// take away is told to whoever has it open.
namespace lifeline::identity {

namespace {

using contract::Role;
using Reasons = std::vector<std::string>;

class Office {
public:
    Office() {
        administration.on_revoked = [this](const Revocation& revocation) {
            told.push_back(revocation);
            durable_when_told = house.log.written.size();
        };
    }
    // The outcomes, in the order in which they came: "changed", "", or a reason.
    void change(Administration::Decide decide) {
        administration.change(std::move(decide), house.caller, [this](Result<bool> changed) {
            outcomes.push_back(!changed ? changed.error().reason : *changed ? "changed" : "");
        });
    }
    void run() {
        house.loop.run();
        house.caller.run();
    }
    void write(const Result<DirectoryChanges>& changes) { house.write(changes.value()); }
    Deciding deciding() { return house.deciding(); }

    test::House house;
    Administration administration{house.directory, house.log, house.random, house.loop};
    std::vector<Revocation> told;
    std::size_t durable_when_told = 0;
    Reasons outcomes;
};

Administration::Decide account(std::string id, std::string name) {
    return [=](const Deciding& on) { return create_account(on, id, name); };
}

}  // namespace

TEST(Administration, DecidesEachChangeOnWhatTheOneBeforeItLeft) {
    Office office;
    office.change(account("acct_a", "A"));
    office.change(account("acct_a", "B"));
    office.change(account("acct_a", "A"));
    office.change(account("a", "A"));
    office.change(account("acct_b", "B"));
    office.run();
    EXPECT_EQ(office.outcomes, (Reasons{"changed", "id_conflict", "", "bad_format", "changed"}));
    EXPECT_EQ(office.house.log.appends, 2u);
    std::optional<std::size_t> seen;
    office.administration.look<std::size_t>(
        [](const Directory& directory) { return directory.accounts().size(); }, office.house.caller,
        [&](Result<std::size_t> size) { seen = *size; });
    office.run();
    EXPECT_EQ(seen, 2u);
}

TEST(Administration, WhatWasNotWrittenHasNotHappened) {
    Office office;
    office.write(create_account(office.deciding(), "acct_a", "A"));
    office.house.log.failing = Error{Code::unavailable, "storage_unavailable"};
    office.change([](const Deciding& on) {
        return set_account_state(on, "acct_a", AccountState::disabled, "usr_root");
    });
    office.run();
    EXPECT_EQ(office.outcomes, Reasons{"storage_unavailable"});
    EXPECT_FALSE(office.house.directory.account_disabled("acct_a"));
    EXPECT_TRUE(office.told.empty());
    office.house.log.failing.reset();
    office.change(account("acct_b", "B"));
    office.run();
    EXPECT_EQ(office.outcomes.back(), "changed") << "it goes on afterwards";
}

TEST(Administration, TellsWhatWasTakenAwayOnceThatIsDurable) {
    Office office;
    office.write(create_account(office.deciding(), "acct_a", "A"));
    office.write(create_user(office.deciding(), {"i", "ada", "usr_ada", "acct_a", "u"}));
    office.write(create_user(office.deciding(), {"i", "bob", "usr_bob", "acct_a", "u"}));
    auto key = create_key(office.deciding(), {.account_id = "acct_a", .name = "n", .by = "u"});
    office.house.write(key->changes);
    const std::string key_id = key->key.key_id;

    struct Case {
        const char* name;
        std::function<Result<DirectoryChanges>(const Deciding&)> decide;
        std::vector<Revocation> told;
    };
    const Case cases[] = {
        {"a key",
         [&](const Deciding& on) { return revoke_key(on, key_id, "u"); },
         {KeyRevoked{key_id}}},
        {"a key that was", [&](const Deciding& on) { return revoke_key(on, key_id, "u"); }, {}},
        {"an account",
         [](const Deciding& on) {
             return set_account_state(on, "acct_a", AccountState::disabled, "u");
         },
         {AccountDisabled{"acct_a"}}},
        {"an account comes back",
         [](const Deciding& on) {
             return set_account_state(on, "acct_a", AccountState::enabled, "u");
         },
         {}},
        {"another name for a user",
         [](const Deciding& on) { return link_identity(on, {"j", "ada", "usr_ada", "u"}); },
         {}},
        {"a name that stands for somebody else now",
         [](const Deciding& on) { return link_identity(on, {"j", "ada", "usr_bob", "u"}); },
         {IdentityUnlinked{"j", "ada", "usr_ada"}}},
        {"a name that stands for nobody",
         [](const Deciding& on) { return unlink_identity(on, "i", "ada", "u"); },
         {IdentityUnlinked{"i", "ada", "usr_ada"}}},
    };
    for (const auto& [name, decide, told] : cases) {
        SCOPED_TRACE(name);
        office.told.clear();
        office.change(decide);
        office.house.loop.run();
        EXPECT_EQ(office.told, told);
        if (!told.empty()) EXPECT_EQ(office.durable_when_told, office.house.log.written.size());
        EXPECT_TRUE(office.outcomes.empty()) << "the asker hears of it afterwards";
        office.run();
        office.outcomes.clear();
    }
}

// Whoever closes sockets has only the principal that the socket was opened with.
TEST(Revocation, ConcernsWhoeverItsTokenWasMadeOf) {
    const Principal by_key{.user_id = "key_1", .account_id = "acct_a", .key_id = "1"};
    const Principal ada{
        .user_id = "usr_ada", .account_id = "acct_a", .issuer = "i", .subject = "ada"};
    const Principal own{.user_id = "usr_own", .account_id = "acct_b"};
    struct Case {
        const char* name;
        Revocation revocation;
        std::vector<bool> concerns;  // by_key, ada, own
    };
    const Case cases[] = {
        {"the key", KeyRevoked{"1"}, {true, false, false}},
        {"another key", KeyRevoked{"2"}, {false, false, false}},
        {"the account of two", AccountDisabled{"acct_a"}, {true, true, false}},
        {"the identity", IdentityUnlinked{"i", "ada", "usr_ada"}, {false, true, false}},
        {"the same subject of another",
         IdentityUnlinked{"j", "ada", "usr_x"},
         {false, false, false}},
        {"another subject", IdentityUnlinked{"i", "bob", "usr_ada"}, {false, false, false}},
    };
    test::Folder folder;
    SystemRandom random;
    const auto keys = InstanceKeys::open_or_create(folder.path() / "keys", random);
    ASSERT_TRUE(keys);
    const ConnectTokens tokens(*keys);
    const WallTime now{Millis(1'771'236'000'000)};
    for (const auto& [name, revocation, expected] : cases) {
        SCOPED_TRACE(name);
        std::size_t i = 0;
        for (Principal principal : {by_key, ada, own}) {
            EXPECT_EQ(concerns(revocation, principal), expected[i]);
            // Also through what it was exchanged for.
            principal.expires_at = now + Millis(600'000);
            principal.call = CallBinding{.session_id = "sess_1", .role = Role::user};
            const auto opened = tokens.verify(tokens.mint(principal, now, Millis(60'000)), now);
            ASSERT_TRUE(opened) << opened.error().detail;
            EXPECT_EQ(concerns(revocation, *opened), expected[i++]);
        }
    }
}

}  // namespace lifeline::identity
