#include <gtest/gtest.h>
#include <unistd.h>

#include <optional>

#include "contract/event.h"
#include "history.h"
#include "sql/database.h"
#include "transcript/fold.h"
#include "views.h"

namespace lifeline::record {

namespace {

constexpr std::uint64_t histories = 24;
constexpr int steps = 160;

class Folder {
public:
    Folder() { std::filesystem::remove_all(path); }
    ~Folder() { std::filesystem::remove_all(path); }

    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("record_test." + std::to_string(::getpid()));
};

// A history during which the views' process dies now and then, between any two steps of theirs.
struct World {
    explicit World(std::uint64_t seed)
        : chance(seed), journal(loop.clock(), "memory"), history(chance, loop.clock(), journal) {
        views.emplace(loop, journal);
        views->start(folder.path / "lived");
        for (int i = 0; i < steps; ++i) {
            history.step();
            views->poke();
            for (std::uint64_t some = chance.below(12); some > 0 && loop.run_one(); --some) {
            }
            if (chance.below(9) == 0) die();
        }
        history.finish();
        views->poke();
        loop.run();
        views.reset();
        loop.run();
    }
    void die() {
        views.reset();
        loop.drop_all();
        ++deaths;
        views.emplace(loop, journal);
        views->start(folder.path / "lived");
    }
    std::map<std::string, std::string> made_anew() {
        views.emplace(loop, journal);
        views->start(folder.path / "anew");
        loop.run();
        views.reset();
        loop.run();
        return Views::digests(folder.path / "anew");
    }
    transcript::Fold transcript(const std::string& call) {
        transcript::Fold fold;
        contract::EventChecker checker;
        journal.read(call, 0, {.events = 100'000, .bytes = 100'000'000}, loop,
                     [&](Result<std::vector<journal::StoredEvent>> events) {
                         ASSERT_TRUE(events.has_value());
                         for (const auto& stored : *events)
                             if (const auto event = checker.read_stored(stored.bytes))
                                 fold.take(*event, stored.actor.id, stored.seq);
                     });
        loop.run();
        return fold;
    }

    Folder folder;
    SeededRandom chance;
    VirtualLoop loop;
    journal::MemoryJournal journal;
    History history;
    std::optional<Views> views;
    int deaths = 0;
};

}  // namespace

TEST(Record, ViewsThatDiedAnywhereAreThoseThatAreMadeAnew) {
    int deaths = 0;
    for (std::uint64_t seed = 1; seed <= histories; ++seed) {
        SCOPED_TRACE(seed);
        World world(seed);
        deaths += world.deaths;
        const auto lived = Views::digests(world.folder.path / "lived");
        EXPECT_EQ(lived, world.made_anew());
        for (const auto& [name, digest] : lived) EXPECT_NE(digest, "unreadable") << name;
        if (HasFailure()) return;
    }
    EXPECT_GT(deaths, 200);
}

// Or the comparison above would prove nothing.
TEST(Record, AViewThatSaysSomethingElseIsFoundOut) {
    World world(1);
    const auto lie = [&](const char* file, const char* text) {
        auto database =
            sql::Database::open(world.folder.path / "lived" / file, {.access = sql::Access::write});
        ASSERT_TRUE(database.has_value());
        ASSERT_TRUE(database->run(text).has_value());
    };
    lie("audit.db", "delete from decisions where position=(select max(position) from decisions)");
    lie("snapshots.db", "update calls set said=said+1");
    auto lived = Views::digests(world.folder.path / "lived");
    const auto anew = world.made_anew();
    for (const char* file : {"audit.db", "snapshots.db"}) {
        EXPECT_NE(lived[file], anew.at(file)) << file;
        lived[file] = anew.at(file);
    }
    EXPECT_EQ(lived, anew);
}

TEST(Record, WhatIsUnderstoodLateStandsWhereItBegan) {
    std::size_t utterances = 0;
    for (std::uint64_t seed = 1; seed <= histories; ++seed) {
        SCOPED_TRACE(seed);
        World world(seed);
        for (const std::string& call : world.history.calls()) {
            std::vector<History::Said> said;
            for (const auto& one : world.transcript(call).utterances())
                said.push_back({one.id, one.text});
            EXPECT_EQ(said, world.history.said(call)) << call;
            utterances += said.size();
        }
        if (HasFailure()) return;
    }
    EXPECT_GT(utterances, 900U);
}

}  // namespace lifeline::record
