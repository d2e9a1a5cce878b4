#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/random.h"
#include "search/match_text.h"
#include "search/test_house.h"
#include "sql/database.h"

namespace lifeline::search {
namespace {

// A row as the full-text index itself ranks and shows it.
struct Naive {
    double rank = 0;
    std::int64_t id = 0;
    std::string call;
    std::string key;
    std::string speaker;
    std::string participant;
    std::string at;
    std::string shown;
};

std::vector<Naive> scan(sql::Database& database, const std::string& match,
                        const std::string& account) {
    std::vector<Naive> rows;
    std::vector<std::int64_t> parts;
    auto select = database.prepare("select id from parts where ?1='' or account=?1");
    for (select->bind_text(1, account); *select->step();) parts.push_back(select->integer(0));
    for (const std::int64_t part : parts) {
        auto words = database.prepare(fmt::format(
            "select rank, p.id, s.name, p.key, p.speaker, p.participant, p.at, "
            "snippet(words_{0}, 0, char(2), char(3), '…', 32) from words_{0} "
            "join passages_{0} p on p.id=words_{0}.rowid join streams s on s.id=p.stream "
            "where words_{0} match ?",
            part));
        for (words->bind_text(1, match); *words->step();)
            rows.push_back({words->real(0), words->integer(1), std::string(words->text(2)),
                            std::string(words->text(3)), std::string(words->text(4)),
                            std::string(words->text(5)), std::string(words->text(6)),
                            std::string(words->text(7))});
    }
    std::ranges::sort(rows, [](const Naive& a, const Naive& b) {
        return std::tie(a.rank, b.at, b.id) < std::tie(b.rank, a.at, a.id);
    });
    return rows;
}

std::string shown(const std::vector<Piece>& pieces) {
    std::string text;
    for (const Piece& piece : pieces) text += piece.hit ? "\x02" + piece.text + "\x03" : piece.text;
    return text;
}

// Many calls in several accounts, more events than one block of facts holds, and people who are in
// few calls, in many and in all.
struct Crowd {
    House house;
    SeededRandom random{23};
    std::map<std::string, std::set<std::string>> members;
    const std::vector<std::string> words{"red", "green", "blue", "redder", "grey", "gold"};

    Crowd() {
        for (int n = 0; n < 80; ++n) {
            const std::string call = "sess_" + std::to_string(n);
            std::vector<std::string> in{"all"};
            if (random.below(3) == 0) in.push_back("many");
            if (n % 40 == 1) in.push_back("few");
            house.call(call, in, "acct_" + std::to_string(random.below(3)));
            members[call] = {in.begin(), in.end()};
            for (std::uint64_t u = 12; u > 0; --u) say(call, "u" + std::to_string(u));
        }
    }
    void say(const std::string& call, const std::string& utterance) {
        for (int rev = 1; rev <= 3; ++rev)
            house.say(
                call, utterance, "partial",
                fmt::format(R"(,"speaker":"user","text":"x","startMs":0,"endMs":1,"rev":{})", rev));
        std::string text;
        for (std::uint64_t length = 1 + random.below(12); length > 0; --length)
            text += words[random.below(words.size())] + " ";
        house.say(call, utterance, "final",
                  fmt::format(R"(,"speaker":"{}","startMs":0,"endMs":1,"text":"{}")",
                              random.below(4) == 0 ? "agent" : "user", text),
                  random.below(2) == 0 ? "ada" : "ben");
        if (random.below(8) == 0)
            house.say(call, utterance, "truncated", R"(,"heardText":"grey gold","playedMs":1)");
        if (random.below(4) == 0) house.loop.run_for(Millis(40));
    }
    std::string any_words() {
        switch (random.below(4)) {
            case 0:
                return words[random.below(words.size())];
            case 1:
                return "re* " + words[random.below(words.size())];
            case 2:
                return "\"" + words[random.below(words.size())] + " " +
                       words[random.below(words.size())] + "\"";
            default:
                return words[random.below(words.size())] + " " + words[random.below(words.size())];
        }
    }
    Query any_query(const std::vector<std::string>& times) {
        Query query{.match = *match_text(any_words())};
        const char* people[] = {"all", "many", "few", "nobody"};
        if (random.below(4) != 0) query.user_id = people[random.below(4)];
        if (random.below(3) == 0) query.account_id = "acct_" + std::to_string(random.below(3));
        if (random.below(4) == 0) query.session_id = "sess_" + std::to_string(random.below(81));
        if (random.below(4) == 0) query.speaker = random.below(2) == 0 ? "agent" : "user";
        if (random.below(4) == 0) query.participant_id = random.below(2) == 0 ? "ada" : "eve";
        if (random.below(4) == 0) query.from = times[random.below(times.size())];
        if (random.below(4) == 0) query.until = times[random.below(times.size())];
        query.skip = random.below(3) * random.below(30);
        query.limit = 1 + random.below(40);
        return query;
    }
};

// The very page that a scan of everything makes: the same passages in the same order, drawn alike.
TEST(SearchRank, PropertyIsWhatAScanOfEverythingShows) {
    Crowd crowd;
    const auto search = crowd.house.open();
    auto database = sql::Database::open((crowd.house.folder / "search.db").string(), {}).value();
    std::vector<std::string> times;
    for (const auto& row : scan(database, *match_text("red"), "")) times.push_back(row.at);
    times.push_back(times.front().substr(0, 10));
    std::size_t seen = 0;
    for (int n = 0; n < 120; ++n) {
        const Query query = crowd.any_query(times);
        std::vector<std::string> expected;
        std::size_t skipped = 0;
        for (const auto& row : scan(database, query.match, query.account_id)) {
            const bool may_see =
                query.user_id.empty() || crowd.members[row.call].contains(query.user_id);
            if (!may_see || (!query.session_id.empty() && row.call != query.session_id) ||
                (!query.speaker.empty() && row.speaker != query.speaker) ||
                (!query.participant_id.empty() && row.participant != query.participant_id) ||
                row.at < query.from || (!query.until.empty() && row.at >= query.until))
                continue;
            if (skipped++ < query.skip || expected.size() == query.limit) continue;
            expected.push_back(row.call + " " + row.key + " " + row.shown);
        }
        std::vector<std::string> found;
        for (const auto& one : crowd.house.all(*search, query))
            found.push_back(one.session_id + " " + one.id + " " + shown(one.snippet));
        ASSERT_EQ(found, expected) << query.match << " for " << query.user_id;
        seen += found.size();
    }
    EXPECT_GT(seen, 300u);
}

}  // namespace
}  // namespace lifeline::search
