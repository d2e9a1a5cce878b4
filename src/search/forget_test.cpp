#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/check.h"
#include "contract/event.h"
#include "search/match_text.h"
#include "search/search_store.h"

namespace lifeline::search {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A store without a journal, that is told what was said.
struct Told {
    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("forget_test." + std::to_string(::getpid()));
    contract::EventChecker checker;
    std::uint64_t position = 0;

    Told() {
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
    }
    ~Told() { std::filesystem::remove_all(folder); }

    std::string path() const { return (folder / "search.db").string(); }
    SearchStore open() {
        auto store = SearchStore::open(path(), {.epoch = "e", .head = 1'000'000});
        CHECK(store);
        return *std::move(store);
    }
    std::vector<Change> call(const std::string& id, const std::string& month) {
        const std::string at = month + "-01T10:00:00.000Z";
        return {{id, ++position, CallMade{"acct", at}}, {id, ++position, Member{"ada", true}}};
    }
    Change said(const std::string& call, const std::string& month, const std::string& text) {
        const std::string at = month + "-01T10:00:00.000Z";
        ++position;
        auto event = checker.read_stored(contract::event_json(
            fmt::format("e{}", position), call, at, "transcript.final",
            fmt::format(
                R"({{"utteranceId":"u{}","speaker":"user","startMs":0,"endMs":1,"text":"{}"}})",
                position, text)));
        CHECK(event);
        return {call, position, Spoken{*std::move(event), "ada", at, position}};
    }
    std::vector<std::string> find(SearchStore& store, const std::string& typed) {
        const auto found = store.find({.match = *match_text(typed), .user_id = "ada"});
        CHECK(found);
        std::vector<std::string> calls;
        for (const Found& one : *found) calls.push_back(one.session_id);
        return calls;
    }
    std::int64_t blocks_of_facts() {
        auto database = sql::Database::open(path(), {}).value();
        std::int64_t blocks = 0;
        auto tables = database.prepare("select name from sqlite_master where name like 'facts_%'");
        CHECK(tables);
        for (auto more = tables->step(); *more; more = tables->step())
            blocks += *database.number(fmt::format("select count(*) from {}", tables->text(0)));
        return blocks;
    }
};

void tell(SearchStore& store, std::uint64_t cursor, std::vector<Change> changes) {
    ASSERT_TRUE(store.apply(changes, cursor).has_value());
}

TEST(SearchForget, LeavesTheOthersOfTheSameMonth) {
    Told told;
    auto store = told.open();
    for (const char* id : {"sess_1", "sess_2"}) {
        auto changes = told.call(id, "2026-02");
        changes.push_back(told.said(id, "2026-02", "apple"));
        tell(store, told.position, std::move(changes));
    }
    EXPECT_THAT(told.find(store, "apple"), ElementsAre("sess_2", "sess_1"));
    ASSERT_TRUE(store.forget("sess_2").has_value());
    EXPECT_THAT(told.find(store, "apple"), ElementsAre("sess_1"));
    EXPECT_EQ(told.blocks_of_facts(), 1);
}

// What was prepared for a month that is gone is of no use to one that is made again.
TEST(SearchForget, AMonthThatIsGoneCanBeginAnew) {
    Told told;
    auto store = told.open();
    for (int round = 0; round < 3; ++round) {
        auto changes = told.call("sess_1", "2026-02");
        changes.push_back(told.said("sess_1", "2026-02", "apple"));
        tell(store, told.position, std::move(changes));
        EXPECT_THAT(told.find(store, "apple"), ElementsAre("sess_1"));
        ASSERT_TRUE(store.forget("sess_1").has_value());
        EXPECT_THAT(told.find(store, "apple"), IsEmpty());
        EXPECT_EQ(told.blocks_of_facts(), 0);
    }
}

// A block holds 4,096 numbers: what is found is the same on both sides of its end.
TEST(SearchForget, PassagesFarApartAreFoundAndForgottenAlike) {
    Told told;
    auto store = told.open();
    auto changes = told.call("sess_1", "2026-02");
    for (const std::uint64_t position : {4'094U, 4'095U, 9'000U, 90'000U}) {
        told.position = position;
        changes.push_back(told.said("sess_1", "2026-02", "apple"));
    }
    tell(store, told.position, std::move(changes));
    EXPECT_EQ(told.find(store, "apple").size(), 4u);
    EXPECT_EQ(told.blocks_of_facts(), 4);
    ASSERT_TRUE(store.forget("sess_1").has_value());
    EXPECT_EQ(told.blocks_of_facts(), 0);
}

}  // namespace
}  // namespace lifeline::search
