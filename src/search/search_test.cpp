#include "search/search.h"

#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <sstream>

#include "base/digest.h"
#include "base/random.h"
#include "base/text.h"
#include "search/match_text.h"
#include "search/test_house.h"

namespace lifeline::search {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Search, FindsWordsPhrasesAndBeginningsWhateverTheirMarks) {
    House house;
    house.call("sess_1", {"ada"});
    house.final("sess_1", "u1", "Write to the recruiter about the Größe of the team.");
    house.final("sess_1", "u2", "The recruiter is not in; write later.");
    house.final("sess_1", "u3", "Café at noon.");
    house.append("sess_1", "orchestration.action.requested",
                 R"({"actionId":"a1","actionType":"send","summary":"Mail to the recruiter"})",
                 "bot");
    const auto search = house.open();
    EXPECT_THAT(house.find(*search, "\"the recruiter\" write"),
                testing::UnorderedElementsAre("sess_1 u1", "sess_1 u2"));
    EXPECT_THAT(house.find(*search, "\"write to\""), ElementsAre("sess_1 u1"));
    EXPECT_THAT(house.find(*search, "cafe"), ElementsAre("sess_1 u3"));
    EXPECT_THAT(house.find(*search, "GROSSE"), IsEmpty());
    EXPECT_THAT(house.find(*search, "große"), ElementsAre("sess_1 u1"));
    EXPECT_THAT(house.find(*search, "recr* mail"), ElementsAre("sess_1 a1"));
    EXPECT_THAT(house.find(*search, "recruit"), IsEmpty());
    EXPECT_THAT(house.find(*search, "nothing like it"), IsEmpty());
}

TEST(Search, ShowsWhereTheWordsStand) {
    House house;
    house.call("sess_1", {"ada"});
    house.final("sess_1", "u1", "Write to <b>Ben</b> today.");
    const auto search = house.open();
    const auto found = house.all(*search, {.match = *match_text("ben")});
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].kind, "utterance");
    EXPECT_EQ(found[0].speaker, "user");
    EXPECT_EQ(found[0].participant_id, "ada");
    EXPECT_EQ(found[0].seq, 3u);
    EXPECT_THAT(found[0].snippet, ElementsAre(Piece{"Write to <b>", false}, Piece{"Ben", true},
                                              Piece{"</b> today.", false}));
}

TEST(Search, KnowsWhatWasSaidInTheEndAndNothingElse) {
    House house;
    house.call("sess_1", {"ada"});
    const auto search = house.open();
    const auto found = [&](const char* word) { return !house.find(*search, word).empty(); };
    const auto say = [&](const char* type, const std::string& fields) {
        house.say("sess_1", "u1", type, fields);
        search->poke();
        house.loop.run();
    };
    say("utterance.started", R"(,"speaker":"user","participantId":"ada","startMs":0)");
    say("partial", R"(,"speaker":"user","text":"apple","startMs":0,"endMs":1,"rev":1)");
    EXPECT_FALSE(found("apple"));
    say("final", R"(,"speaker":"user","text":"apple banana","startMs":0,"endMs":1)");
    EXPECT_TRUE(found("apple") && found("banana"));
    say("truncated", R"(,"heardText":"apple","playedMs":1)");
    EXPECT_TRUE(found("apple") && !found("banana"));
    say("corrected",
        R"(,"text":"cherry pie","by":"ada","previousHash":")" + to_hex(sha256("apple")) + "\"");
    EXPECT_TRUE(found("cherry") && !found("apple"));
    say("redacted", R"(,"spans":[{"from":0,"to":6,"kind":"x"}],"policyId":"p","by":"x")");
    EXPECT_TRUE(found("pie") && !found("cherry"));
}

// Not one result from a call that the asker may not see, whatever is asked; and all of those they
// may see.
TEST(Search, PropertyFindsAllThatTheAskerMaySeeAndNothingElse) {
    SeededRandom random(7);
    House house;
    const std::vector<std::string> users{"ada", "ben", "eve", "mia"};
    const std::vector<std::string> words{"red", "green", "blue", "redder"};
    struct Said {
        std::string name;
        std::string account;
        std::string word;
        std::string by;
    };
    std::map<std::string, std::set<std::string>> members;
    std::vector<Said> said;
    for (int n = 0; n < 40; ++n) {
        const std::string call = "sess_" + std::to_string(n);
        const std::string account = "acct_" + std::to_string(random.below(3));
        std::vector<std::string> in;
        for (const auto& user : users)
            if (random.below(2) == 0) in.push_back(user);
        house.call(call, in, account);
        members[call] = {in.begin(), in.end()};
        for (std::uint64_t u = random.below(4); u > 0; --u) {
            const auto& word = words[random.below(words.size())];
            const auto& by = users[random.below(users.size())];
            house.final(call, "u" + std::to_string(u), word + " and more", by);
            said.push_back({call + " u" + std::to_string(u), account, word, by});
        }
        if (!in.empty() && random.below(3) == 0) {
            house.leave(call, in.front());
            members[call].erase(in.front());
        }
    }
    const auto search = house.open();
    int seen = 0;
    for (int n = 0; n < 200; ++n) {
        Query query;
        query.limit = 1000;
        if (random.below(2) == 0) query.account_id = "acct_" + std::to_string(random.below(4));
        if (random.below(2) == 0) query.user_id = users[random.below(users.size())];
        if (random.below(4) == 0) query.session_id = "sess_" + std::to_string(random.below(41));
        if (random.below(4) == 0) query.participant_id = users[random.below(users.size())];
        const std::string& word = words[random.below(words.size())];
        const bool begins = random.below(2) == 0;
        std::set<std::string> expected;
        for (const auto& one : said) {
            const std::string call = one.name.substr(0, one.name.find(' '));
            const bool matches = begins ? one.word.starts_with(word) : one.word == word;
            if (matches && (query.account_id.empty() || one.account == query.account_id) &&
                (query.user_id.empty() || members[call].contains(query.user_id)) &&
                (query.session_id.empty() || call == query.session_id) &&
                (query.participant_id.empty() || one.by == query.participant_id))
                expected.insert(one.name);
        }
        const auto found = house.find(*search, begins ? word + "*" : word, query);
        EXPECT_EQ(std::set<std::string>(found.begin(), found.end()), expected);
        EXPECT_EQ(found.size(), expected.size());
        seen += static_cast<int>(found.size());
    }
    EXPECT_GT(seen, 100);
}

TEST(Search, ShowsThemPageByPage) {
    House house;
    for (const char* call : {"sess_1", "sess_2"}) {
        house.call(call, {"ada"}, std::string("acct_") + call);
        for (int n = 0; n < 5; ++n)
            house.final(call, "u" + std::to_string(n), "apple number " + std::to_string(n));
    }
    const auto search = house.open();
    std::vector<std::string> paged;
    for (std::size_t skip = 0; skip < 12; skip += 3)
        for (const auto& one : house.find(*search, "apple", {.skip = skip, .limit = 3}))
            paged.push_back(one);
    EXPECT_EQ(paged, house.find(*search, "apple", {.limit = 100}));
    EXPECT_EQ(paged.size(), 10u);
}

TEST(Search, IsTheSameAfterItWasThrownAway) {
    House house;
    house.call("sess_1", {"ada", "ben"});
    house.final("sess_1", "u1", "apple");
    std::vector<std::string> before;
    {
        const auto search = house.open();
        house.leave("sess_1", "ben");
        house.say("sess_1", "u1", "truncated", R"(,"heardText":"app","playedMs":1)");
        house.final("sess_1", "u2", "apple pie");
        search->poke();
        house.loop.run();
        before = house.find(*search, "app*", {.user_id = "ada"});
        EXPECT_THAT(house.find(*search, "app*", {.user_id = "ben"}), IsEmpty());
    }
    house.folder.clear();
    const auto search = house.open();
    EXPECT_EQ(house.find(*search, "app*", {.user_id = "ada"}), before);
    EXPECT_EQ(before.size(), 2u);
    EXPECT_THAT(house.find(*search, "app*", {.user_id = "ben"}), IsEmpty());
}

namespace {

// A second reading of what is typed: words, all of which must stand, those of one piece side by
// side, the last one as a beginning where a star follows. Quotation marks are left out.
bool stands(const std::vector<std::string>& text, const std::string& typed) {
    bool words = false;
    std::istringstream pieces(typed);
    for (std::string piece; pieces >> piece;) {
        std::vector<std::string> wanted;
        bool within = false;
        for (const char c : piece) {
            const bool letter = std::isalnum(static_cast<unsigned char>(c)) != 0;
            if (letter && !within) wanted.emplace_back();
            if (letter)
                wanted.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
            within = letter;
        }
        if (wanted.empty()) continue;
        words = true;
        const auto fits = [&](const std::string& word, const std::string& want) {
            const bool begins = piece.ends_with('*') && &want == &wanted.back();
            return begins ? word.starts_with(want) : word == want;
        };
        if (std::ranges::search(text, wanted, fits).empty()) return false;
    }
    return words;
}

}  // namespace

// Whatever is typed, the index finds what its words say, and no mark or word of it is anything
// else.
TEST(Search, PropertyNothingThatIsTypedIsAnInstruction) {
    const std::vector<std::string> text{"near", "and", "or", "not", "text", "rank", "words"};
    House house;
    house.call("sess_1", {"ada"});
    house.final("sess_1", "u1", fmt::format("{}", fmt::join(text, " ")));
    const auto search = house.open();
    SeededRandom random(11);
    const std::vector<std::string> bits{
        "NEAR(", ")",  "\"", "*",  "AND",  "OR", "NOT", "text:", "-", "^",    "{", "}",
        "'",     "\\", ";",  "--", "\x01", "e",  "…",   " ",     "x", "rank", "+", "words_1"};
    int found = 0;
    int missed = 0;
    for (int n = 0; n < 2'000; ++n) {
        std::string typed;
        for (std::uint64_t length = 1 + random.below(8); length > 0; --length)
            typed += bits[random.below(bits.size())];
        auto match = match_text(typed);
        if (!match) continue;
        const bool there = !house.all(*search, {.match = std::move(*match)}).empty();
        ++(there ? found : missed);
        std::string spaced = typed;
        std::ranges::replace(spaced, '\x01', ' ');
        // What is between quotation marks is one piece, which has a test of its own.
        if (!typed.contains('"')) EXPECT_EQ(there, stands(text, spaced)) << typed;
    }
    EXPECT_GT(found, 200);
    EXPECT_GT(missed, 200);
}

}  // namespace lifeline::search
