#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/event.h"
#include "contract/stream.h"
#include "identity/test_house.h"

// The directory as a fold, what may be done to it, and what that means for whoever knocks.
namespace lifeline::identity {

namespace {

using contract::Role;
using test::Forge;

// A directory with what its decisions say applied; every event is held against the contract.
class World {
public:
    Deciding deciding() { return {directory_, now_, random_}; }
    void apply(const DirectoryChanges& changes) {
        contract::EventChecker checker;
        for (const DirectoryChange& change : changes) {
            const auto event = checker.check(
                contract::event_json(change.event_id, contract::instance_stream,
                                     format_rfc3339(now_), change.type, change.payload_json),
                contract::Sender::server);
            EXPECT_TRUE(event) << event.error().reason << event.error().pointer;
            EXPECT_TRUE(directory_.apply(change.type, change.payload_json));
            all_.push_back(change);
        }
    }
    // The same events again, in a new directory.
    Directory replayed(int times = 1) const {
        Directory out;
        for (int i = 0; i < times; ++i)
            for (const DirectoryChange& change : all_)
                EXPECT_TRUE(out.apply(change.type, change.payload_json));
        return out;
    }
    NewKey key(std::string_view account, std::optional<WallTime> expires_at = {}) {
        auto made = create_key(deciding(), {.account_id = account,
                                            .role = Role::service,
                                            .name = "backend",
                                            .expires_at = expires_at,
                                            .by = "usr_1"});
        EXPECT_TRUE(made);
        apply(made->changes);
        return *std::move(made);
    }
    const Directory& directory() const { return directory_; }
    WallTime now() const { return now_; }

private:
    Directory directory_;
    WallTime now_{Millis(1'771'236'000'000)};
    SeededRandom random_{1};
    DirectoryChanges all_;
};

}  // namespace

TEST(Directory, IsTheSameHoweverOftenItsEventsAreApplied) {
    World world;
    world.apply(create_account(world.deciding(), "acct_a", "A").value());
    world.apply(first_sight(world.deciding(), {.issuer = "https://id.example/",
                                               .subject = "alice",
                                               .user_id = "usr_alice",
                                               .account_id = "acct_b",
                                               .account_name = "B"}));
    world.apply(link_identity(world.deciding(), {.issuer = "https://other.example/",
                                                 .subject = "a.l.",
                                                 .user_id = "usr_alice",
                                                 .by = "usr_1"})
                    .value());
    const auto key = world.key("acct_a");
    world.apply(revoke_key(world.deciding(), key.key.key_id, "usr_1").value());
    world.apply(
        set_account_state(world.deciding(), "acct_a", AccountState::disabled, "usr_1").value());

    for (const Directory& directory : {world.directory(), world.replayed(), world.replayed(2)}) {
        EXPECT_EQ(directory.accounts().size(), 2u);
        EXPECT_TRUE(directory.account_disabled("acct_a"));
        EXPECT_FALSE(directory.account_disabled("acct_b"));
        EXPECT_FALSE(directory.account_disabled("acct_c"));
        const auto alice = directory.user("https://id.example/", "alice");
        ASSERT_TRUE(alice);
        EXPECT_EQ(alice->user_id, "usr_alice");
        EXPECT_EQ(alice->account_id, "acct_b");
        EXPECT_FALSE(alice->linked);
        const auto linked = directory.user("https://other.example/", "a.l.");
        ASSERT_TRUE(linked);
        EXPECT_EQ(linked->user_id, "usr_alice");
        EXPECT_TRUE(linked->linked);
        EXPECT_FALSE(directory.user("https://id.example/", "bob"));
        EXPECT_FALSE(directory.user("https://id.example/alice", ""));
        ASSERT_NE(directory.key(key.key.key_id), nullptr);
        EXPECT_TRUE(directory.key(key.key.key_id)->revoked);
        EXPECT_EQ(directory.key(key.key.key_id)->role, Role::service);
    }
}

// Whether what made them is still there or not: from the request on nobody stands for them.
TEST(Directory, WhoIsErasedIsNobodyUntilTheyAreSeenAgain) {
    const std::string made =
        R"({"userId":"usr_1","accountId":"acct_1","issuer":"i","subject":"ada"})";
    for (const bool there : {true, false}) {
        Directory directory;
        if (there) {
            ASSERT_TRUE(directory.apply("identity.user.created", made));
            ASSERT_TRUE(directory.apply("identity.user.linked",
                                        R"({"userId":"usr_1","issuer":"i","subject":"ada2"})"));
        }
        ASSERT_TRUE(directory.apply("record.erasure.requested",
                                    R"({"erasureId":"era_1","userId":"usr_1"})"));
        ASSERT_TRUE(directory.apply("record.erasure.requested",
                                    R"({"erasureId":"era_2","sessionId":"sess_1"})"));
        EXPECT_FALSE(directory.user("i", "ada"));
        EXPECT_FALSE(directory.user("i", "ada2"));
        EXPECT_EQ(directory.account_of("usr_1"), nullptr);
        ASSERT_TRUE(directory.apply("identity.user.created", made));
        EXPECT_TRUE(directory.user("i", "ada"));
    }
}

TEST(Directory, PassesOverWhatIsNotItsOwnAndRefusesWhatIsBroken) {
    Directory directory;
    EXPECT_TRUE(directory.apply("call.created", "{}"));
    EXPECT_TRUE(directory.apply("identity.something.new", "{}"));
    struct Case {
        const char* type;
        const char* payload;
        const char* pointer;
    };
    const Case cases[] = {
        {"identity.account.created", "", "/payload/"},
        {"identity.account.created", "[]", "/payload/"},
        {"identity.account.created", R"({"accountId":"acct_a"})", "/payload/name"},
        {"identity.account.state.changed", R"({"accountId":"acct_a","state":"disabled"})",
         "/payload/accountId"},
        {"identity.user.created", R"({"userId":"u","accountId":"a","issuer":"i"})",
         "/payload/subject"},
        {"identity.user.linked", R"({"userId":"nobody","issuer":"i","subject":"s"})",
         "/payload/userId"},
        {"identity.key.created",
         R"({"keyId":"k","accountId":"a","role":"root","name":"n","hash":"00"})", "/payload/hash"},
        {"identity.key.revoked", R"({"keyId":"k"})", "/payload/keyId"},
    };
    for (const auto& [type, payload, pointer] : cases) {
        SCOPED_TRACE(std::string(type) + payload);
        const auto applied = directory.apply(type, payload);
        ASSERT_FALSE(applied);
        EXPECT_EQ(applied.error().code, Code::corrupt);
        EXPECT_EQ(applied.error().pointer, pointer);
    }
    EXPECT_TRUE(directory.accounts().empty());
    EXPECT_TRUE(directory.keys().empty());
}

TEST(DirectoryChanges, RefuseWhatCannotBe) {
    World world;
    world.apply(create_account(world.deciding(), "acct_a", "A").value());
    const auto reason = [](const auto& result) { return result ? "" : result.error().reason; };
    const auto on = world.deciding();
    EXPECT_EQ(reason(create_account(on, "acct_a", "A")), "") << "a repeat";
    EXPECT_TRUE(create_account(on, "acct_a", "A")->empty()) << "that changes nothing";
    EXPECT_EQ(reason(create_account(on, "acct_a", "B")), "id_conflict");
    EXPECT_EQ(reason(create_account(on, "a", "A")), "bad_format");
    EXPECT_EQ(reason(create_account(on, "acct_a b", "A")), "bad_format");
    EXPECT_EQ(reason(create_account(on, "acct_c", "")), "out_of_range");
    EXPECT_EQ(reason(create_account(on, "acct_c", std::string(129, 'a'))), "out_of_range");
    EXPECT_EQ(reason(set_account_state(on, "acct_c", AccountState::disabled, "u")),
              "account_not_found");
    EXPECT_TRUE(set_account_state(on, "acct_a", AccountState::enabled, "u")->empty());
    EXPECT_EQ(reason(link_identity(on, {"i", "s", "usr_nobody", "u"})), "user_not_found");
    EXPECT_EQ(reason(link_identity(on, {"", "s", "usr_nobody", "u"})), "bad_format");
    EXPECT_EQ(reason(unlink_identity(on, "i", "s", "u")), "user_not_found");
    EXPECT_EQ(reason(revoke_key(on, "nothing", "u")), "key_not_found");

    const KeyRequest good{.account_id = "acct_a", .role = Role::service, .name = "n", .by = "u"};
    const auto with = [&](auto&& change) {
        KeyRequest request = good;
        change(request);
        return reason(create_key(on, request));
    };
    EXPECT_EQ(reason(create_key(on, good)), "");
    EXPECT_EQ(with([](KeyRequest& r) { r.account_id = "acct_c"; }), "account_not_found");
    EXPECT_EQ(with([](KeyRequest& r) { r.role = Role::server; }), "unknown_value");
    EXPECT_EQ(with([](KeyRequest& r) { r.name = ""; }), "out_of_range");
    EXPECT_EQ(with([&](KeyRequest& r) { r.expires_at = world.now(); }), "out_of_range");

    world.apply(first_sight(on, {"i", "s", "usr_1", "acct_a", "A"}));
    EXPECT_TRUE(first_sight(on, {"i", "s", "usr_1", "acct_a", "A"}).empty());
    world.apply(link_identity(on, {"j", "t", "usr_1", "u"}).value());
    EXPECT_TRUE(link_identity(on, {"j", "t", "usr_1", "u"})->empty());

    const NewUser ada{"i", "ada", "usr_ada", "acct_a", "u"};
    const auto with_user = [&](auto&& change) {
        NewUser user = ada;
        change(user);
        return reason(create_user(on, user));
    };
    EXPECT_EQ(with_user([](NewUser& u) { u.account_id = "acct_c"; }), "account_not_found");
    EXPECT_EQ(with_user([](NewUser& u) { u.user_id = "key_1"; }), "bad_format");
    EXPECT_EQ(with_user([](NewUser& u) { u.user_id = "usr_a b"; }), "bad_format");
    EXPECT_EQ(with_user([](NewUser& u) { u.subject = "a\nb"; }), "bad_format");
    EXPECT_EQ(with_user([](NewUser& u) { u.user_id = "usr_1"; }), "id_conflict") << "link instead";
    EXPECT_EQ(with_user([](NewUser& u) { u.subject = "s"; }), "id_conflict") << "usr_1 has it";
    world.apply(create_user(on, ada).value());
    EXPECT_TRUE(create_user(on, ada)->empty());
    const auto key = world.key("acct_a");
    world.apply(revoke_key(on, key.key.key_id, "u").value());
    EXPECT_TRUE(revoke_key(on, key.key.key_id, "u")->empty());
}

TEST(DirectoryChanges, AnUnlinkedIdentityStandsForNobodyAndMayComeBack) {
    World world;
    world.apply(create_account(world.deciding(), "acct_a", "A").value());
    world.apply(create_user(world.deciding(), {"i", "ada", "usr_ada", "acct_a", "u"}).value());
    world.apply(link_identity(world.deciding(), {"j", "ada", "usr_ada", "u"}).value());
    world.apply(unlink_identity(world.deciding(), "i", "ada", "u").value());
    for (const Directory& directory : {world.directory(), world.replayed(), world.replayed(2)}) {
        EXPECT_FALSE(directory.user("i", "ada"));
        EXPECT_TRUE(directory.user("j", "ada")) << "one identity, not the user";
    }
    world.apply(link_identity(world.deciding(), {"i", "ada", "usr_ada", "u"}).value());
    EXPECT_TRUE(world.directory().user("i", "ada"));
    EXPECT_TRUE(world.replayed(2).user("i", "ada"));
}

TEST(DirectoryChanges, AKeyIsShownOnceAndNeverWritten) {
    World world;
    world.apply(create_account(world.deciding(), "acct_a", "A").value());
    const auto made = world.key("acct_a");
    const std::string& text = made.key.text.reveal();
    EXPECT_EQ(text.size(), 4u + 26u + 1u + 43u);
    EXPECT_EQ(api_key_id(text), made.key.key_id);
    EXPECT_EQ(fmt::format("{}", made.key.text), "***");
    const std::string secret = text.substr(4 + 26 + 1);
    for (const DirectoryChange& change : made.changes) {
        EXPECT_THAT(change.payload_json, testing::Not(testing::HasSubstr(secret)));
        EXPECT_TRUE(change.event_id.starts_with("ll_"));
    }
    EXPECT_NE(world.key("acct_a").key.text.reveal(), text);
}

TEST(ApiKeys, LetTheirHolderInUntilTheyEnd) {
    test::House house;
    house.write(create_account(house.deciding(), "acct_a", "A").value());
    const auto now = house.loop.clock().wall();
    const auto make = [&](std::optional<WallTime> expires_at) {
        auto made = create_key(house.deciding(), {.account_id = "acct_a",
                                                  .role = Role::service,
                                                  .name = "backend",
                                                  .expires_at = expires_at,
                                                  .by = "usr_1"});
        house.write(made->changes);
        return std::move(made->key);
    };
    const ApiKey lasting = make({});
    const ApiKey brief = make(now + Millis(60'000));

    const auto principal = house.ask(lasting.text.reveal());
    ASSERT_TRUE(principal) << principal.error().detail;
    EXPECT_EQ(principal->user_id, "key_" + lasting.key_id);
    EXPECT_EQ(principal->key_id, lasting.key_id);
    EXPECT_EQ(principal->account_id, "acct_a");
    EXPECT_EQ(principal->role, Role::service);
    EXPECT_EQ(principal->display_name, "backend");
    EXPECT_EQ(principal->expires_at, now + Millis(24 * 60 * 60'000));
    EXPECT_EQ(house.ask(brief.text.reveal())->expires_at, now + Millis(60'000));

    // Another secret under a known name is refused like an unknown name.
    std::string forged = lasting.text.reveal();
    forged.back() = forged.back() == 'A' ? 'E' : 'A';
    EXPECT_EQ(house.ask(forged).error(),
              house.ask("llk_" + std::string(26, 'Z') + "_" + std::string(43, 'A')).error());

    house.loop.run_for(Millis(60'000));
    EXPECT_EQ(house.reason_of(brief.text.reveal()), "token_expired");
    EXPECT_EQ(house.reason_of(lasting.text.reveal()), "");
    house.write(revoke_key(house.deciding(), lasting.key_id, "usr_1").value());
    EXPECT_EQ(house.reason_of(lasting.text.reveal()), "key_revoked") << "from the next request on";
    EXPECT_EQ(house.reason_of(forged), "token_invalid");
}

TEST(ApiKeys, OfADisabledAccountLetNobodyIn) {
    test::House house;
    house.write(create_account(house.deciding(), "acct_a", "A").value());
    auto made = create_key(house.deciding(),
                           {.account_id = "acct_a", .role = Role::auditor, .name = "n", .by = "u"});
    house.write(made->changes);
    EXPECT_EQ(house.reason_of(made->key.text.reveal()), "");
    house.write(set_account_state(house.deciding(), "acct_a", AccountState::disabled, "u").value());
    EXPECT_EQ(house.reason_of(made->key.text.reveal()), "account_disabled");
}

}  // namespace lifeline::identity
