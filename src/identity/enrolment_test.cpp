#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "identity/test_house.h"

// From a good token to a user: first sights, links, accounts, and a journal that fails.
namespace lifeline::identity {

namespace {

using test::Forge;

const Forge forge;

struct World {
    test::Folder folder;
    test::House house;

    explicit World(const std::function<void(IssuerConfig&)>& change = [](auto&) {})
        : house({[&] {
              auto issuer = test::issuer_config(JwksFile{folder.write("jwks", forge.jwks())});
              change(issuer);
              return issuer;
          }()}) {}
    static std::string token_of(std::string_view subject, std::string_view id = "1") {
        return forge.token(forge.claims()
                               .with("sub", fmt::format("\"{}\"", subject))
                               .with("jti", fmt::format("\"{}\"", id)));
    }
};

void must_exist(IssuerConfig& issuer) {
    issuer.users = UserCreation::must_exist;
}

}  // namespace

TEST(Enrolment, CreatesTheUserAndTheAccountOnFirstSightOnce) {
    World world;
    const auto first = world.house.ask(World::token_of("alice"));
    ASSERT_TRUE(first) << first.error().detail;
    ASSERT_EQ(world.house.log.written.size(), 2u);
    EXPECT_EQ(world.house.log.written[0].type, "identity.account.created");
    EXPECT_EQ(world.house.log.written[1].type, "identity.user.created");
    EXPECT_EQ(first->user_id,
              ExternalIds(world.house.keys).user_id("https://id.example/", "alice"));
    EXPECT_EQ(world.house.ask(World::token_of("alice", "2"))->user_id, first->user_id);
    EXPECT_EQ(world.house.log.written.size(), 2u);
    EXPECT_NE(world.house.ask(World::token_of("bob"))->user_id, first->user_id);
    EXPECT_EQ(world.house.log.written.size(), 3u) << "the account is there already";
}

TEST(Enrolment, ManyTokensOfANewUserAtOnceMakeOneUser) {
    World world;
    std::vector<std::string> users;
    for (int i = 0; i < 10; ++i)
        world.house.authenticator->authenticate(
            World::token_of("alice", std::to_string(i)), Authenticator::Purpose::request,
            world.house.caller,
            [&](Result<Principal> who) { users.push_back(who ? who->user_id : "refused"); });
    world.house.loop.run();
    world.house.caller.run();
    ASSERT_EQ(users.size(), 10u);
    EXPECT_EQ(std::ranges::count(users, users[0]), 10);
    EXPECT_EQ(world.house.log.appends, 1u);
}

TEST(Enrolment, NobodyIsLetInBeforeTheUserIsDurable) {
    World world;
    world.house.log.failing = Error{Code::unavailable, "storage_unavailable", "disk full"};
    EXPECT_EQ(world.house.reason_of(World::token_of("alice")), "storage_unavailable");
    EXPECT_FALSE(world.house.directory.user("https://id.example/", "alice"));
    world.house.log.failing.reset();
    EXPECT_EQ(world.house.reason_of(World::token_of("alice")), "");

    world.house.log.silent = true;
    EXPECT_EQ(world.house.reason_of(World::token_of("bob")), "storage_unavailable")
        << "a wait has an end";
    EXPECT_EQ(world.house.reason_of(World::token_of("alice", "2")), "")
        << "those who are known are not held up";
}

TEST(Enrolment, WhereUsersMustExistAStrangerIsRefused) {
    World world(must_exist);
    EXPECT_EQ(world.house.reason_of(World::token_of("alice")), "user_unknown");
    EXPECT_EQ(world.house.log.appends, 0u);
    world.house.write(first_sight(world.house.deciding(), {.issuer = "https://id.example/",
                                                           .subject = "alice",
                                                           .user_id = "usr_alice",
                                                           .account_id = "acct_test",
                                                           .account_name = "Test"}));
    EXPECT_EQ(world.house.ask(World::token_of("alice"))->user_id, "usr_alice");
}

TEST(Enrolment, WhoeverAnOperatorMadeIsLetInWithTheAccountTheyWereGiven) {
    World world(must_exist);
    auto& house = world.house;
    house.write(create_account(house.deciding(), "acct_main", "Main").value());
    const NewUser made{"https://id.example/", "alice", "usr_ada", "acct_main", "cli"};
    house.write(create_user(house.deciding(), made).value());
    const auto ada = house.ask(World::token_of("alice"));
    ASSERT_TRUE(ada) << ada.error().detail;
    EXPECT_EQ(ada->user_id, "usr_ada");
    EXPECT_EQ(ada->account_id, "acct_main") << "and not the issuer's own";
    house.write(unlink_identity(house.deciding(), made.issuer, made.subject, "cli").value());
    EXPECT_EQ(house.reason_of(World::token_of("alice")), "user_unknown") << "also if remembered";
}

TEST(Enrolment, ALinkedIdentityIsTheUserAndHasTheUsersAccount) {
    World world(must_exist);
    auto& house = world.house;
    house.write(first_sight(house.deciding(), {.issuer = "https://elsewhere.example/",
                                               .subject = "a",
                                               .user_id = "usr_a",
                                               .account_id = "acct_elsewhere",
                                               .account_name = "Elsewhere"}));
    EXPECT_EQ(house.reason_of(World::token_of("alice")), "user_unknown");
    const Link link{"https://id.example/", "alice", "usr_a", "usr_admin"};
    house.write(link_identity(house.deciding(), link).value());
    const auto linked = house.ask(World::token_of("alice"));
    ASSERT_TRUE(linked) << linked.error().detail;
    EXPECT_EQ(linked->user_id, "usr_a");
    EXPECT_EQ(linked->account_id, "acct_elsewhere");
    EXPECT_EQ(linked->subject, "alice");
}

TEST(Enrolment, AClaimedAccountIsTheIssuersOwn) {
    const auto claimed = [](IssuerConfig& issuer) { issuer.account = {.claim = "org"}; };
    World world(claimed);
    const auto token = [](std::string_view org, std::string_view subject) {
        return forge.token(forge.claims()
                               .with("sub", fmt::format("\"{}\"", subject))
                               .with("org", std::string(org)));
    };
    const auto one = world.house.ask(token("\"one\"", "alice"));
    ASSERT_TRUE(one) << one.error().detail;
    EXPECT_TRUE(one->account_id.starts_with("acct_"));
    EXPECT_EQ(world.house.directory.account(one->account_id)->name, "one");
    EXPECT_EQ(world.house.ask(token("\"one\"", "bob"))->account_id, one->account_id);

    const auto two = world.house.ask(token("\"two\"", "alice"));
    ASSERT_TRUE(two) << "somebody may belong to two accounts of one issuer";
    EXPECT_EQ(two->user_id, one->user_id);
    EXPECT_NE(two->account_id, one->account_id);
    EXPECT_NE(ExternalIds(world.house.keys).account_id("https://other.example/", "one"),
              one->account_id);
    for (const char* bad : {"\"\"", "1", "null", "[\"one\"]", "\"a\\nb\""})
        EXPECT_EQ(world.house.reason_of(token(bad, "alice")), "token_invalid") << bad;
    EXPECT_EQ(world.house.reason_of(forge.token()), "token_invalid") << "no claim";
}

TEST(Enrolment, RolesAreWhatTheConfigurationSays) {
    using contract::Role;
    const auto mapped = [](IssuerConfig& issuer) {
        issuer.role = {.claim = "/realm/roles",
                       .roles = {{"ops", Role::operator_}, {"bots", Role::agent}},
                       .otherwise = Role::user};
    };
    World world(mapped);
    struct Case {
        const char* realm;
        Role role;
    };
    const Case cases[] = {
        {R"({"roles":"ops"})", Role::operator_},
        {R"({"roles":["bots","ops"]})", Role::operator_},
        {R"({"roles":["bots"]})", Role::agent},
        {R"({"roles":["Ops"]})", Role::user},
        {R"({"roles":["admin"]})", Role::user},
        {R"({"roles":{"ops":true}})", Role::user},
        {R"({"roles":[["ops"]]})", Role::user},
        {R"({})", Role::user},
        {R"("ops")", Role::user},
    };
    for (const auto& [realm, role] : cases) {
        SCOPED_TRACE(realm);
        const auto who = world.house.ask(forge.token(forge.claims().with("realm", realm)));
        ASSERT_TRUE(who);
        EXPECT_EQ(who->role, role);
    }
}

TEST(Enrolment, ADisabledAccountLetsNobodyInEvenWithARememberedToken) {
    World world;
    const auto token = World::token_of("alice");
    EXPECT_EQ(world.house.reason_of(token), "");
    world.house.write(
        set_account_state(world.house.deciding(), "acct_test", AccountState::disabled, "u")
            .value());
    EXPECT_EQ(world.house.reason_of(token), "account_disabled");
}

TEST(Authenticator, RemembersATokenButNotBeyondItsExpiry) {
    World world;
    const auto token = forge.token(forge.claims().with("exp", test::seconds(20)));
    EXPECT_EQ(world.house.reason_of(token), "");
    world.house.loop.run_for(Millis(49'999));
    EXPECT_EQ(world.house.reason_of(token), "");
    world.house.loop.run_for(Millis(1));
    EXPECT_EQ(world.house.reason_of(token), "token_expired");
}

TEST(Authenticator, HasRoomForSoManyAndRefusesTheRest) {
    test::House house(Authenticator::Options{
        .issuers = {test::issuer_config(JwksUrl{.url = "https://id.example/jwks"})},
        .waiting_max = 3});
    std::vector<std::string> reasons;
    for (int i = 0; i < 5; ++i)
        house.authenticator->authenticate(
            World::token_of("alice", std::to_string(i)), Authenticator::Purpose::request,
            house.caller,
            [&](Result<Principal> who) { reasons.push_back(who ? "" : who.error().reason); });
    house.loop.run();
    house.caller.run();
    EXPECT_EQ(reasons, (std::vector<std::string>{"overloaded", "overloaded"}));
    house.fetcher.pending.front().reply(test::ok(forge.jwks()));
    house.loop.run();
    house.caller.run();
    EXPECT_EQ(reasons, (std::vector<std::string>{"overloaded", "overloaded", "", "", ""}));
    house.fetcher.answer = [](const auto&) { return test::ok(forge.jwks()); };
    EXPECT_EQ(house.reason_of(World::token_of("alice")), "") << "there is room again";
}

TEST(Authenticator, ForgetsTheOldestWhenItsMemoryIsFull) {
    BoundedCache<int> cache(2);
    const auto at = [](int millis) { return SteadyTime(Micros(millis * 1'000)); };
    cache.put(sha256("a"), at(100), 1);
    cache.put(sha256("b"), at(100), 2);
    EXPECT_NE(cache.find(sha256("a"), at(0)), nullptr);
    cache.put(sha256("c"), at(100), 3);
    EXPECT_EQ(cache.size(), 2u);
    EXPECT_EQ(cache.find(sha256("b"), at(0)), nullptr) << "used longest ago";
    EXPECT_EQ(*cache.find(sha256("a"), at(99)), 1);
    EXPECT_EQ(cache.find(sha256("a"), at(100)), nullptr) << "over";
    cache.put(sha256("c"), at(200), 4);
    EXPECT_EQ(*cache.find(sha256("c"), at(150)), 4);
    EXPECT_EQ(cache.size(), 1u);
    BoundedCache<int> none(0);
    none.put(sha256("a"), at(100), 1);
    EXPECT_EQ(none.find(sha256("a"), at(0)), nullptr);
}

}  // namespace lifeline::identity
