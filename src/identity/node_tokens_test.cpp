#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "contract/json.h"
#include "identity/test_house.h"

// Tokens that Node signed, good and hostile, with keys that are gone: src/identity/fixtures.
namespace lifeline::identity {

namespace {

contract::Json fixture() {
    std::ifstream file("src/identity/fixtures/node_tokens.json", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    auto json = contract::Json::parse(text);
    EXPECT_TRUE(json) << "run from the root of the repository";
    CHECK(json.has_value());
    return *std::move(json);
}

}  // namespace

TEST(NodeTokens, AreJudgedAsTheFixtureSays) {
    const contract::Json json = fixture();
    const test::Folder folder;
    IssuerConfig issuer =
        test::issuer_config(JwksFile{folder.write("jwks.json", json.text("jwks").value())});
    issuer.issuer = json.text("issuer").value();
    issuer.audience = {std::string(json.text("audience").value())};
    test::House house({issuer});
    house.loop.clock().set_wall(
        WallTime(std::chrono::seconds(json.find("clock")->as_integer().value())));

    std::size_t good = 0;
    std::size_t bad = 0;
    for (const contract::Json& row : json.find("rows")->items()) {
        SCOPED_TRACE(row.text("name").value());
        const auto principal = house.ask(std::string(row.text("token").value()));
        const auto reason = row.text("reason").value();
        EXPECT_EQ(principal ? "" : principal.error().reason, reason)
            << (principal ? "" : principal.error().detail);
        ++(reason.empty() ? good : bad);
        if (principal) {
            EXPECT_EQ(principal->subject, "alice");
            EXPECT_EQ(principal->account_id, "acct_test");
        }
    }
    EXPECT_GE(good, 12u);
    EXPECT_GE(bad, 30u);
}

}  // namespace lifeline::identity
