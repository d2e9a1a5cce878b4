#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/check.h"
#include "contract/event.h"
#include "search/search_store.h"

namespace lifeline::search {
namespace {

constexpr std::string_view at = "2026-02-01T10:00:00.000Z";

struct Folder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("settle_test." + std::to_string(::getpid()));
    Folder() {
        std::filesystem::remove_all(path);
        std::filesystem::create_directories(path);
    }
    ~Folder() { std::filesystem::remove_all(path); }

    SearchStore open() const {
        auto store =
            SearchStore::open((path / "search.db").string(), {.epoch = "e", .head = 1'000'000});
        CHECK(store);
        return *std::move(store);
    }
    // In any of its files.
    bool has(const std::string& word) const {
        for (const auto& file : std::filesystem::directory_iterator(path)) {
            std::ifstream stream(file.path(), std::ios::binary);
            const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
            if (bytes.find(word) != std::string::npos) return true;
        }
        return false;
    }
};

// Each call says a word that nobody else says, and some that all do.
void talk(SearchStore& store, int call) {
    contract::EventChecker checker;
    const std::string id = fmt::format("sess_{}", call);
    const std::uint64_t position = 10 * static_cast<std::uint64_t>(call);
    auto event = checker.read_stored(contract::event_json(
        "e1", id, at, "transcript.final",
        fmt::format(R"({{"utteranceId":"u","speaker":"user","startMs":0,"endMs":1,)"
                    R"("text":"well only{}says this"}})",
                    call)));
    CHECK(event);
    const std::vector<Change> changes{
        {id, position, CallMade{"acct", std::string(at)}},
        {id, position + 1, Spoken{*std::move(event), "ada", std::string(at), 2}}};
    ASSERT_TRUE(store.apply(changes, position + 1).has_value());
}

}  // namespace

TEST(SearchSettle, WhatWasForgottenIsInNoFileAndTheRestIs) {
    const Folder folder;
    for (const auto how : {journal::Settle::log, journal::Settle::file}) {
        const int first = how == journal::Settle::log ? 1 : 101;
        {
            auto store = folder.open();
            for (int call = first; call < first + 12; ++call) talk(store, call);
            for (int call = first; call < first + 12; call += 2)
                ASSERT_TRUE(store.forget(fmt::format("sess_{}", call)).has_value());
            // Somebody starts anew before it is settled: it is not known what was forgotten.
        }
        auto store = folder.open();
        ASSERT_TRUE(store.settle(how).has_value());
        for (int call = first; call < first + 12; ++call)
            EXPECT_EQ(folder.has(fmt::format("only{}says", call)), (call - first) % 2 == 1) << call;
    }
}

}  // namespace lifeline::search
