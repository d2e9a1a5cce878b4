#include "search/documents.h"

#include <gmock/gmock.h>

#include <map>
#include <set>

#include "base/random.h"
#include "search/match_text.h"
#include "search/test_house.h"

namespace lifeline::search {

TEST(SearchDocuments, AreFoundByWhatTheySayInTheEnd) {
    House house;
    house.document("doc_1", "ada", "My plan",
                   R"({"jobs":[{"at":"Acme","years":[1,2]}],"note":"Ask Zoë"})");
    const auto search = house.open();
    const auto found = [&](const char* typed) {
        search->poke();
        house.loop.run();
        return !house.find(*search, typed, {.user_id = "ada", .user_account_id = "acct_1"}).empty();
    };
    EXPECT_TRUE(found("plan") && found("acme") && found("\"ask zoe\""));
    EXPECT_FALSE(found("jobs") || found("years"));
    // Many at once, as when it is read anew, and one by one.
    house.edit("doc_1", 1, R"([{"op":"replace","path":"/jobs/0/at","value":"Bureau"}])");
    house.edit("doc_1", 2, R"([{"op":"add","path":"/jobs/-","value":{"at":"Circus"}}])");
    EXPECT_TRUE(found("bureau") && found("circus") && found("zoe"));
    EXPECT_FALSE(found("acme"));
    house.edit("doc_1", 3, R"([{"op":"remove","path":"/jobs/0"}])");
    EXPECT_FALSE(found("bureau"));
    EXPECT_TRUE(found("circus"));
    const auto shown = house.all(
        *search, {.match = *match_text("circus"), .user_id = "ada", .user_account_id = "acct_1"});
    ASSERT_EQ(shown.size(), 1u);
    EXPECT_EQ(shown[0].kind, "document");
    EXPECT_EQ(shown[0].id, "doc_1");
    EXPECT_EQ(shown[0].session_id, "");
    EXPECT_EQ(shown[0].participant_id, "ada");
    EXPECT_EQ(shown[0].seq, 4u);
    EXPECT_THAT(shown[0].snippet, testing::Contains(Piece{"Circus", true}));
    // An edit in between was erased, so that the next one has nothing to change.
    house.edit("doc_1", 5, R"([{"op":"remove","path":"/gone"}])");
    EXPECT_FALSE(found("circus") || found("plan"));
    house.edit("doc_1", 6, R"([{"op":"add","path":"/note","value":"Plan"}])");
    EXPECT_FALSE(found("plan"));
}

// Whoever may read a document finds it: its owner and whom it is shared with, in its account; who
// is in a call that it is shared with; their account's overseers, and the document's.
TEST(SearchDocuments, AreFoundByWhoMayReadThem) {
    House house;
    house.call("sess_1", {"ada", "ben"});
    house.call("sess_2", {"mia"}, "acct_2");
    house.document("doc_1", "ada", "apple");
    house.share("doc_1", "eve");
    const auto search = house.open();
    const auto sees = [&](Query query) {
        search->poke();
        house.loop.run();
        return house.find(*search, "apple", std::move(query)).size();
    };
    const auto user = [&](const char* id, const char* account, const char* session = "") {
        return sees({.user_id = id, .user_account_id = account, .session_id = session});
    };
    EXPECT_EQ(user("ada", "acct_1"), 1u);
    EXPECT_EQ(user("ada", "acct_2"), 0u) << "somebody of that name elsewhere";
    EXPECT_EQ(user("eve", "acct_1"), 1u);
    EXPECT_EQ(user("eve", "acct_2"), 0u);
    EXPECT_EQ(user("ben", "acct_1"), 0u);
    EXPECT_EQ(sees({.account_id = "acct_1"}), 1u);
    EXPECT_EQ(sees({.account_id = "acct_2"}), 0u);
    EXPECT_EQ(sees({}), 1u);
    EXPECT_EQ(user("ada", "acct_1", "sess_1"), 0u);
    house.share("doc_1", "sess_1");
    EXPECT_EQ(user("ben", "acct_1"), 1u);
    EXPECT_EQ(user("ben", "acct_1", "sess_1"), 1u);
    EXPECT_EQ(user("eve", "acct_1", "sess_1"), 0u) << "of that call they know nothing";
    house.leave("sess_1", "ben");
    EXPECT_EQ(user("ben", "acct_1"), 0u);
    house.share("doc_1", "sess_2");
    EXPECT_EQ(user("mia", "acct_2"), 1u);
    EXPECT_EQ(sees({.account_id = "acct_2"}), 1u);
    EXPECT_EQ(sees({.account_id = "acct_2", .session_id = "sess_2"}), 1u);
    EXPECT_EQ(sees({.account_id = "acct_2", .session_id = "sess_1"}), 0u)
        << "of another's call nothing";
    EXPECT_EQ(sees({.account_id = "acct_1", .session_id = "sess_1"}), 1u);
    house.share("doc_1", "sess_2", true);
    house.share("doc_1", "eve", true);
    EXPECT_EQ(user("mia", "acct_2"), 0u);
    EXPECT_EQ(user("eve", "acct_1"), 0u);
    EXPECT_EQ(sees({.account_id = "acct_2"}), 0u);
    EXPECT_EQ(sees({.account_id = "acct_1", .kind = "utterance"}), 0u);
}

// A document's rights and text are a model of a few lines; the index agrees with it, whatever is
// shared, edited and taken back, and however it was cut into chunks.
TEST(SearchDocuments, PropertyAreFoundAsTheirModelSays) {
    SeededRandom random(19);
    House house;
    const std::vector<std::string> users{"ada", "ben", "eve"};
    const std::vector<std::string> words{"red", "green", "blue"};
    std::map<std::string, std::set<std::string>> members;
    for (int n = 0; n < 6; ++n) {
        const std::string call = "sess_" + std::to_string(n);
        std::vector<std::string> in;
        for (const auto& name : users)
            if (random.below(2) == 0) in.push_back(name);
        house.call(call, in, "acct_" + std::to_string(n % 2));
        members[call] = {in.begin(), in.end()};
    }
    struct Model {
        std::string owner, account, word;
        std::set<std::string> with;
        int rev = 0;
    };
    std::map<std::string, Model> documents;
    for (int n = 0; n < 12; ++n) {
        const std::string id = "doc_" + std::to_string(n);
        Model model{users[random.below(3)], "acct_" + std::to_string(random.below(2)), "none", {}};
        house.document(id, model.owner, "Title", R"({"w":"none"})", model.account);
        documents[id] = model;
    }
    auto search = house.open();
    int seen = 0;
    for (int step = 0; step < 300; ++step) {
        const std::string id = "doc_" + std::to_string(random.below(12));
        Model& model = documents[id];
        const std::string with = random.below(2) == 0 ? users[random.below(3)]
                                                      : "sess_" + std::to_string(random.below(6));
        switch (random.below(4)) {
            case 0:
            case 1:
                model.word = words[random.below(3)];
                house.edit(id, ++model.rev,
                           R"([{"op":"replace","path":"/w","value":")" + model.word + "\"}]");
                break;
            case 2:
                model.with.insert(with);
                house.share(id, with);
                break;
            case 3:
                model.with.erase(with);
                house.share(id, with, true);
                break;
        }
        if (random.below(3) == 0) search->poke(), house.loop.run();
        if (step % 10 != 0) continue;
        search->poke();
        house.loop.run();
        const auto& user = users[random.below(3)];
        const std::string account = "acct_" + std::to_string(random.below(2));
        const std::string& word = words[random.below(3)];
        std::set<std::string> by_user, by_account;
        for (const auto& [name, one] : documents) {
            if (one.word != word) continue;
            bool in_call = false, in_account = one.account == account;
            for (const auto& [call, in] : members) {
                if (!one.with.contains(call)) continue;
                in_call |= in.contains(user);
                in_account |= "acct_" + std::to_string((call.back() - '0') % 2) == account;
            }
            const bool own = one.owner == user || one.with.contains(user);
            if (in_call || (own && one.account == account)) by_user.insert(name);
            if (in_account) by_account.insert(name);
        }
        const auto found = [&](Query query) {
            const auto rows = house.find(*search, word, std::move(query));
            seen += static_cast<int>(rows.size());
            return std::set<std::string>(rows.begin(), rows.end());
        };
        EXPECT_EQ(found({.user_id = user, .user_account_id = account}), by_user);
        EXPECT_EQ(found({.account_id = account}), by_account);
    }
    EXPECT_GT(seen, 50);
    // Read anew, all of it at once, it is the same.
    const auto before = house.find(*search, "r*", {.limit = 100});
    search.reset();
    house.folder.clear();
    EXPECT_THAT(house.find(*house.open(), "r*", {.limit = 100}),
                testing::UnorderedElementsAreArray(before));
}

}  // namespace lifeline::search
