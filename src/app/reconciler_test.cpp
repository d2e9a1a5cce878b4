#include "app/reconciler.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <utility>

#include "app/alert_sender.h"
#include "base/digest.h"
#include "base/text.h"
#include "contract/json.h"
#include "journal/test_view_house.h"
#include "sql/database.h"

namespace lifeline::app {
namespace {

using namespace std::chrono_literals;
using findings::Run;

const std::string account = "acct_one";

std::string mismatch(const std::string& id, const std::string& run, Window window,
                     const std::string& delta, const std::string& behind) {
    return R"({"findingId":")" + id + R"(","ids":[")" + behind + R"("],"runId":")" + run +
           R"(","window":")" + text_of(window) +
           R"(","meter":"call.duration_ms","class":"under_charge",)" +
           R"("layer":"book","item":"minutes","expectedQuantity":"5","recordedQuantity":"0",)" +
           R"("quantityDelta":")" + delta + R"("})";
}

// A server that can be killed between any two steps: what stays is the journal and the folder.
class House {
public:
    House() { open(); }
    ~House() { close(); }
    void close() {
        reconciler.reset();
        alerts.reset();
        writer.reset();
        view.reset();
    }
    void open() {
        view.emplace(loop, loop, *journal);
        view->start((folder / "findings.db").string(),
                    [](const Status& ready) { ASSERT_TRUE(ready); });
        settle();
        writer.emplace(loop, *journal, [this] {
            ++written;
            if (std::exchange(fills_up, false))
                journal->refuse_appends(
                    Error{Code::unavailable, "storage_unavailable", "no space left"});
            view->poke();
        });
        files.emplace(loop, loop, folder / "reports");
        alerts.emplace(AlertSender::Parts{.home = loop,
                                          .findings = *view,
                                          .writer = *writer,
                                          .post =
                                              [this](const net::FetchRequest& request,
                                                     net::HttpClient::Done done) {
                                                  told.push_back(request.body);
                                                  net::Response answer;
                                                  answer.status = 200;
                                                  done(answer);
                                              }},
                       AlertSender::Options{.url = "http://127.0.0.1:9"});
        reconciler.emplace(
            Reconciler::Parts{
                .home = loop,
                .journal = *journal,
                .findings = *view,
                .writer = *writer,
                .reports = *files,
                .alerts = &*alerts,
                .booked = [this](journal::Done<bool> done) { done(all_booked); },
                .ask_sinks =
                    [this](findings::Span, journal::Done<void> done) {
                        ++asked;
                        done({});
                    },
                .count = [this](const Counting& counting,
                                journal::Done<Counted> done) { done(count(counting)); },
                .sign = [](std::string_view) { return Reconciler::Signed{"k", sealed}; },
                .counted = [this](const findings::Span&, std::uint64_t) { ++mended; }},
            Reconciler::Settings{.settle = 15min, .config_sha256 = std::string(64, 'c')});
        reconciler->start();
        settle();
    }
    // As it would be found again: what was under way is gone, and nobody holds a stream.
    void crash() {
        loop.drop_all();
        close();
        journal = journal::found_again(*journal, loop);
    }
    // Whatever can happen without time passing.
    void settle() { loop.run(); }

    // As `wrong` says: a difference for each of its entries in the hours that are counted.
    Counted count(const Counting& counting) {
        counted.push_back(counting);
        Counted made{.report = R"({"runId":")" + counting.run_id + R"(","rows":[)",
                     .matched = 1,
                     .waiting = waiting,
                     .differences = {}};
        for (const auto& [id, delta] : wrong) {
            const Window window = hour_of[id];
            if (window < counting.span.first || window > counting.span.last) continue;
            made.report.append(1, '"').append(id).append(delta).append(1, '"');
            made.differences.push_back(
                {id, account, mismatch(id, counting.run_id, window, delta, behind)});
        }
        made.report += "]}";
        return made;
    }
    void differs(const std::string& id, const std::string& window, const std::string& delta) {
        wrong[id] = delta;
        hour_of[id] = *parse_window(window);
    }
    void close_hour(const std::string& window) {
        append("sys_metering", "billing.window.closed",
               R"({"window":")" + window + R"(","upToPosition":1})");
    }
    // To the view's tables, behind its back.
    void alter(const std::string& sql) {
        auto file =
            sql::Database::open((folder / "findings.db").string(), {.access = sql::Access::write});
        ASSERT_TRUE(file.has_value());
        ASSERT_TRUE(file->run(sql));
    }
    void said(const std::string& window) {
        append(account, "billing.counted.elsewhere",
               R"({"sink":"bank","item":"minutes","window":")" + window + R"(","quantity":")" +
                   std::to_string(++words) + R"(","source":"import"})");
    }
    void append(const std::string& stream, const std::string& type, const std::string& payload) {
        writer->write({.stream = stream,
                       .name = "test:",
                       .type = type,
                       .payload = payload,
                       .done = [](const Status& done) { ASSERT_TRUE(done); }});
        settle();
    }
    std::vector<Run> runs() {
        std::vector<Run> found;
        view->ask<std::vector<Run>>(
            loop, [&](auto answer) { found = *std::move(answer); },
            [](findings::FindingsStore& store) { return store.runs(UINT64_MAX, 100); });
        settle();
        return found;
    }
    // "2026021610_2026021611 ..." from the oldest on.
    std::string story() {
        std::string all;
        const auto newest = runs();
        for (auto run = newest.rbegin(); run != newest.rend(); ++run)
            all += run->id.substr(3, 21) + " ";
        return all;
    }
    std::string state(const std::string& id) {
        std::optional<findings::Finding> found;
        view->ask<std::optional<findings::Finding>>(
            loop, [&](auto answer) { found = *std::move(answer); },
            [id](findings::FindingsStore& store) { return store.find(id); });
        settle();
        return found ? std::string(findings::to_text(found->state)) : "none";
    }
    std::size_t events(const std::string& type) {
        std::size_t count_of_type = 0;
        journal->read_all(0, {.events = 10'000, .bytes = 100'000'000}, loop, [&](auto all) {
            for (const auto& one : *all)
                if (one.event.bytes.contains("\"type\":\"" + type + "\"")) ++count_of_type;
        });
        settle();
        return count_of_type;
    }
    Result<std::vector<Run>> ask(std::optional<Window> from, std::optional<Window> to) {
        Result<std::vector<Run>> answer = fail(Code::internal, "none", "");
        reconciler->run(from, to, loop, [&](auto made) { answer = std::move(made); });
        settle();
        return answer;
    }
    Result<std::string> report(const std::string& id) {
        Result<std::string> answer = fail(Code::internal, "none", "");
        reconciler->report(id, loop, [&](auto made) { answer = std::move(made); });
        settle();
        return answer;
    }

    inline static const std::string sealed = std::string(86, 'A');
    TestFolder folder;
    VirtualLoop loop;
    std::unique_ptr<journal::MemoryJournal> journal =
        std::make_unique<journal::MemoryJournal>(loop.clock(), "memory");
    std::optional<findings::Findings> view;
    std::optional<StreamWriter> writer;
    std::optional<ReportFiles> files;
    std::optional<AlertSender> alerts;
    std::optional<Reconciler> reconciler;
    bool all_booked = true;
    bool fills_up = false;  // The disk, by the next entry that is written.
    std::uint64_t waiting = 0;
    std::map<std::string, std::string> wrong;
    std::map<std::string, Window> hour_of;
    std::string behind = "bu_1";  // The id that stands behind what differs.
    std::vector<Counting> counted;
    std::vector<std::string> told;
    int asked = 0;
    int mended = 0;
    int words = 0;
    int written = 0;
};

TEST(Reconciler, CountsEachHourOnceWhenItHasSettled) {
    House at;
    at.close_hour("2026-02-16T09:00Z");
    at.loop.run_for(14min);
    EXPECT_EQ(at.story(), "");
    at.loop.run_for(2min);
    EXPECT_EQ(at.story(), "2026021609_2026021609 ");
    EXPECT_EQ(at.asked, 1);
    at.loop.run_for(30min);
    EXPECT_EQ(at.story(), "2026021609_2026021609 ") << "once";
}

TEST(Reconciler, CatchesUpOnWhatItMissedInOneRun) {
    House at;
    at.close();
    at.loop.run_for(5h);
    at.open();
    for (const std::string hour : {"09", "10", "11", "12", "13"})
        at.close_hour("2026-02-16T" + hour + ":00Z");
    at.loop.run_for(20min);
    EXPECT_EQ(at.story(), "2026021609_2026021613 ");
}

TEST(Reconciler, AFindingIsOpenedOnceAndClosedWhenItIsGone) {
    House at;
    at.differs("mm_1", "2026-02-16T09:00Z", "-5");
    at.close_hour("2026-02-16T09:00Z");
    at.loop.run_for(16min);
    EXPECT_EQ(at.state("mm_1"), "open");
    ASSERT_TRUE(at.ask(parse_window("2026-02-16T09:00Z"), {}));
    EXPECT_EQ(at.events("billing.reconciliation.mismatch"), 1u);
    at.wrong.clear();
    at.close_hour("2026-02-16T10:00Z");
    at.loop.run_for(60min);
    EXPECT_EQ(at.state("mm_1"), "open") << "nothing was said of its hour: it is not counted again";
    at.said("2026-02-16T09:00Z");
    ASSERT_TRUE(at.ask({}, {}));
    EXPECT_EQ(at.state("mm_1"), "closed");
    at.differs("mm_1", "2026-02-16T09:00Z", "-5");
    at.said("2026-02-16T09:00Z");
    ASSERT_TRUE(at.ask({}, {}));
    EXPECT_EQ(at.state("mm_1"), "open") << "under its id";
    EXPECT_EQ(at.events("billing.reconciliation.mismatch"), 2u);
}

// A sink that is away for days makes as many.
TEST(Reconciler, VeryManyFindingsAreOpenedAndClosed) {
    House at;
    for (int i = 0; i < 450; ++i) at.differs("mm_" + std::to_string(i), "2026-02-16T09:00Z", "-5");
    at.close_hour("2026-02-16T09:00Z");
    ASSERT_TRUE(at.ask(parse_window("2026-02-16T09:00Z"), {}));
    EXPECT_EQ(at.events("billing.reconciliation.mismatch"), 450u);
    EXPECT_EQ(at.state("mm_449"), "open");
    at.wrong.erase("mm_7");
    ASSERT_TRUE(at.ask(parse_window("2026-02-16T09:00Z"), {}));
    EXPECT_EQ(at.state("mm_7"), "closed");
    at.wrong.clear();
    ASSERT_TRUE(at.ask(parse_window("2026-02-16T09:00Z"), {}));
    EXPECT_EQ(at.state("mm_449"), "closed");
    EXPECT_EQ(at.events("billing.reconciliation.mismatch"), 450u);
    EXPECT_EQ(at.events("billing.finding.changed"), 450u);
}

// What is written off for it is booked in its hour, so that this is counted again.
TEST(Reconciler, WhatIsWrittenOffIsNoNewsUntilItIsAnotherDifference) {
    House at;
    at.differs("mm_1", "2026-02-16T09:00Z", "20");
    at.close_hour("2026-02-16T09:00Z");
    at.loop.run_for(16min);
    at.append(account, "billing.finding.changed", R"({"findingId":"mm_1","state":"written_off"})");
    at.said("2026-02-16T09:00Z");
    ASSERT_TRUE(at.ask({}, {}));
    EXPECT_EQ(at.state("mm_1"), "written_off");
    at.behind = "ba_off";
    at.said("2026-02-16T09:00Z");
    ASSERT_TRUE(at.ask({}, {}));
    EXPECT_EQ(at.state("mm_1"), "written_off");
    EXPECT_EQ(at.events("billing.reconciliation.mismatch"), 1u);
    at.differs("mm_1", "2026-02-16T09:00Z", "30");
    at.said("2026-02-16T09:00Z");
    ASSERT_TRUE(at.ask({}, {}));
    EXPECT_EQ(at.state("mm_1"), "open");
}

TEST(Reconciler, HoursInWhichSomethingWaitsAreCountedWithTheNextOne) {
    House at;
    at.waiting = 1;
    at.close_hour("2026-02-16T09:00Z");
    at.loop.run_for(16min);
    at.waiting = 0;
    at.loop.run_for(45min);
    EXPECT_EQ(at.story(), "2026021609_2026021609 ");
    at.close_hour("2026-02-16T10:00Z");
    at.loop.run_for(20min);
    EXPECT_EQ(at.story(), "2026021609_2026021609 2026021609_2026021610 ");
}

// What is said of an hour long ago is found by itself, with the next hour.
TEST(Reconciler, HoursOfAnyAgeAreCountedAndAgainWhenSomethingIsSaidOfThem) {
    House at;
    at.close_hour("2025-12-02T09:00Z");
    at.close_hour("2026-02-16T09:00Z");
    at.loop.run_for(16min);
    EXPECT_EQ(at.story(), "2025120209_2025120209 2026021609_2026021609 ");
    at.differs("mm_1", "2025-12-02T09:00Z", "-5");
    at.said("2025-12-02T09:00Z");
    at.close_hour("2026-02-16T10:00Z");
    at.loop.run_for(1h);
    EXPECT_EQ(at.story(),
              "2025120209_2025120209 2026021609_2026021609 2025120209_2025120209 "
              "2026021610_2026021610 ");
    EXPECT_EQ(at.state("mm_1"), "open");
}

TEST(Reconciler, HoursOfManyMonthsAreSeveralReports) {
    House at;
    const Window first = *parse_window("2026-01-05T00:00Z");
    for (int hour = 0; hour < 24 * 31 + 2; ++hour)
        at.close_hour(text_of(first + std::chrono::hours(hour)));
    ASSERT_TRUE(at.ask({}, {}));
    EXPECT_EQ(at.story(), "2026010500_2026020423 2026020500_2026020501 ");
}

// Killed after each step there is, one house for each.
TEST(Reconciler, WhatACrashLeftUndoneIsDoneAtTheNextStartAndOnce) {
    bool done = false;
    for (int steps = 0; !done; ++steps) {
        SCOPED_TRACE(steps);
        House at;
        at.differs("mm_1", "2026-02-16T09:00Z", "-5");
        at.differs("mm_2", "2026-02-16T09:00Z", "-7");
        at.close_hour("2026-02-16T09:00Z");
        at.reconciler->run({}, {}, at.loop, [&](const auto&) { done = true; });
        for (int step = 0; step < steps && at.loop.run_one(); ++step) {
        }
        at.crash();
        at.open();
        at.loop.run_for(30min);
        EXPECT_EQ(at.state("mm_1"), "open");
        EXPECT_EQ(at.state("mm_2"), "open");
        EXPECT_EQ(at.events("billing.reconciliation.completed"), 1u);
        EXPECT_EQ(at.events("billing.reconciliation.mismatch"), 2u);
        at.close();
        at.open();
        at.loop.run_for(30min);
        EXPECT_EQ(at.events("billing.reconciliation.completed"), 1u);
        EXPECT_EQ(at.events("billing.reconciliation.mismatch"), 2u);
    }
}

TEST(Reconciler, WhatAFullDiskLeftOutIsWrittenAsSoonAsItCanBe) {
    House at;
    at.differs("mm_1", "2026-02-16T09:00Z", "-5");
    at.close_hour("2026-02-16T09:00Z");
    at.fills_up = true;
    const auto refused = at.ask({}, {});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, "storage_unavailable");
    EXPECT_EQ(at.story(), "2026021609_2026021609 ");
    at.loop.run_for(5min);
    EXPECT_EQ(at.state("mm_1"), "none");
    EXPECT_EQ(at.mended, 0);
    at.journal->refuse_appends({});
    at.loop.run_for(2min);
    EXPECT_EQ(at.state("mm_1"), "open") << "though nothing was said of its hour since";
    EXPECT_EQ(at.counted.size(), 1u);
    EXPECT_EQ(at.mended, 1);
    at.close_hour("2026-02-16T10:00Z");
    at.loop.run_for(80min);
    EXPECT_EQ(at.story(), "2026021609_2026021609 2026021610_2026021610 ");
    EXPECT_EQ(at.events("billing.reconciliation.mismatch"), 1u);
    EXPECT_EQ(at.mended, 2);
}

// So the newest run is the only one of which anything can lack.
TEST(Reconciler, WhatAFullDiskLeftOutIsWrittenBeforeTheNextHourIsCounted) {
    for (const bool full_at_start : {false, true}) {
        SCOPED_TRACE(full_at_start);
        House at;
        at.differs("mm_1", "2026-02-16T09:00Z", "-5");
        at.close_hour("2026-02-16T09:00Z");
        at.fills_up = true;
        EXPECT_FALSE(at.ask({}, {}));
        at.close();
        if (!full_at_start) at.journal->refuse_appends({});
        at.open();
        EXPECT_EQ(at.state("mm_1"), full_at_start ? "none" : "open");
        at.journal->refuse_appends({});
        at.close_hour("2026-02-16T10:00Z");
        ASSERT_TRUE(at.ask(parse_window("2026-02-16T10:00Z"), {}));
        EXPECT_EQ(at.state("mm_1"), "open");
        EXPECT_EQ(at.story(), "2026021609_2026021609 2026021610_2026021610 ");
        EXPECT_EQ(at.events("billing.reconciliation.mismatch"), 1u);
    }
}

TEST(Reconciler, HoursOfARunThatCannotBeMadeAgainAreCountedAnewAtTheStart) {
    House at;
    at.differs("mm_1", "2026-02-16T09:00Z", "-5");
    at.close_hour("2026-02-16T09:00Z");
    at.fills_up = true;
    EXPECT_FALSE(at.ask({}, {}));
    at.crash();
    at.differs("mm_1", "2026-02-16T09:00Z", "-6");  // As another version counts.
    at.open();
    EXPECT_EQ(at.state("mm_1"), "open");
    EXPECT_EQ(at.story(), "2026021609_2026021609 2026021609_2026021609 ");
    at.close();
    at.open();
    EXPECT_EQ(at.events("billing.reconciliation.completed"), 2u) << "once";
    EXPECT_EQ(at.events("billing.reconciliation.mismatch"), 1u);
}

TEST(Reconciler, FiguresOfTheLastRunOutliveARestart) {
    House at;
    at.differs("mm_1", "2026-02-16T09:00Z", "-5");
    at.close_hour("2026-02-16T09:00Z");
    at.loop.run_for(16min);
    const auto before = at.reconciler->figures();
    EXPECT_EQ(before.runs, 1u);
    EXPECT_EQ(before.findings, 1u);
    at.close();
    at.loop.run_for(10min);
    at.open();
    EXPECT_EQ(at.reconciler->figures().findings, 1u);
    EXPECT_LE(at.reconciler->figures().last - before.last, 1s);
    EXPECT_GE(at.reconciler->figures().last - before.last, -1s);
}

TEST(Reconciler, ThatNoHourIsClosedIsToldOnce) {
    House at;
    at.close_hour("2026-02-16T09:00Z");
    at.loop.run_for(3h + 14min);
    EXPECT_EQ(at.told.size(), 0u);
    at.loop.run_for(3min);
    ASSERT_EQ(at.told.size(), 1u);
    EXPECT_TRUE(at.told[0].contains("billing.window.overdue")) << at.told[0];
    EXPECT_TRUE(at.told[0].contains(R"("lastWindow":"2026-02-16T09:00Z")")) << at.told[0];
    at.loop.run_for(2h);
    at.close();
    at.open();
    at.loop.run_for(2h + 30min);
    EXPECT_EQ(at.told.size(), 1u) << "over a restart, too";
    // They are closed, and so counted: nothing was missed.
    at.close_hour("2026-02-16T14:00Z");
    at.loop.run_for(5min);
    EXPECT_EQ(at.story(), "2026021609_2026021609 2026021614_2026021614 ");
    EXPECT_EQ(at.told.size(), 1u);
    // Again, and later: that is news.
    at.loop.run_for(4h);
    ASSERT_EQ(at.told.size(), 2u);
    EXPECT_TRUE(at.told[1].contains(R"("lastWindow":"2026-02-16T14:00Z")")) << at.told[1];
}

TEST(Reconciler, ThatNoRunCanBeMadeIsToldOnce) {
    House at;
    at.all_booked = false;
    for (const std::string hour : {"09", "10", "11", "12", "13"}) {
        at.close_hour("2026-02-16T" + hour + ":00Z");
        EXPECT_EQ(at.told.size(), hour < "12" ? 0u : 1u) << hour;
        at.loop.run_for(1h);
    }
    ASSERT_EQ(at.told.size(), 1u);
    EXPECT_TRUE(at.told[0].contains("billing.reconciliation.missed")) << at.told[0];
    EXPECT_GT(at.reconciler->figures().refused, 1u);
    at.all_booked = true;
    at.loop.run_for(2min);
    EXPECT_EQ(at.story(), "2026021609_2026021613 ");
    EXPECT_EQ(at.told.size(), 1u);
}

TEST(Reconciler, ThatTheViewCannotBeAskedIsToldOnce) {
    House at;
    at.close_hour("2026-02-16T09:00Z");
    at.loop.run_for(16min);
    EXPECT_EQ(at.story(), "2026021609_2026021609 ");
    at.alter("alter table hours rename to away; alter table settled rename to away_too");
    at.loop.run_for(2h + 58min);
    EXPECT_EQ(at.told.size(), 0u);
    at.loop.run_for(5min);
    ASSERT_EQ(at.told.size(), 1u);
    EXPECT_TRUE(at.told[0].contains("billing.reconciliation.missed")) << at.told[0];
    EXPECT_TRUE(at.told[0].contains(R"("lastWindow":"2026-02-16T09:00Z")")) << at.told[0];
    at.loop.run_for(3h);
    EXPECT_EQ(at.told.size(), 1u);
    at.alter("alter table away rename to hours; alter table away_too rename to settled");
    at.close_hour("2026-02-16T14:00Z");
    at.loop.run_for(5min);
    EXPECT_EQ(at.story(), "2026021609_2026021609 2026021614_2026021614 ");
    EXPECT_EQ(at.told.size(), 1u);
}

// Nobody ever knew how far the hours have come.
TEST(Reconciler, ThatTheViewCannotBeAskedFromTheStartOnIsToldToo) {
    House at;
    at.alter("alter table hours rename to away");
    at.loop.run_for(2h + 14min);
    EXPECT_EQ(at.told.size(), 0u);
    at.loop.run_for(2h);
    ASSERT_EQ(at.told.size(), 1u);
    EXPECT_TRUE(at.told[0].contains("billing.reconciliation.missed")) << at.told[0];
}

TEST(Reconciler, AReportThatIsLostIsMadeAgain) {
    House at;
    at.close_hour("2026-02-16T09:00Z");
    const auto made = at.ask({}, {});
    ASSERT_TRUE(made.has_value());
    const std::string id = made->front().id;
    const auto kept = at.folder / "reports" / (id + ".json");
    const auto first = at.report(id);
    ASSERT_TRUE(first.has_value());
    EXPECT_EQ(std::filesystem::status(kept).permissions() & std::filesystem::perms::all,
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    const auto run = contract::Json::parse(made->front().payload);
    EXPECT_EQ(to_hex(sha256(*first)), run->text("reportSha256"));
    std::filesystem::remove(kept);
    EXPECT_EQ(*at.report(id), *first);
    EXPECT_TRUE(std::filesystem::exists(kept));
    std::ofstream(kept, std::ios::trunc) << "something else";
    EXPECT_EQ(*at.report(id), *first);
    // By other rules it would be another one.
    at.differs("mm_1", "2026-02-16T09:00Z", "-5");
    std::filesystem::remove(kept);
    EXPECT_EQ(at.report(id).error().reason, "reconciliation_not_found");
    EXPECT_EQ(at.report("rr_none").error().reason, "reconciliation_not_found");
}

TEST(Reconciler, WhatCannotBeCountedIsRefused) {
    House at;
    EXPECT_EQ(at.ask({}, {}).error().reason, "window_open");
    at.close_hour("2026-02-16T09:00Z");
    const auto nine = parse_window("2026-02-16T09:00Z");
    EXPECT_EQ(at.ask(nine, *nine + 2h).error().reason, "window_open");
    EXPECT_EQ(at.ask(*nine + 1h, nine).error().reason, "query_invalid");
    at.all_booked = false;
    Result<std::vector<findings::Run>> first = fail(Code::internal, "none", "");
    at.reconciler->run({}, {}, at.loop, [&](auto made) { first = std::move(made); });
    at.settle();
    EXPECT_EQ(at.ask({}, {}).error().reason, "reconciliation_running");
    at.loop.run_for(2min);
    EXPECT_EQ(first.error().reason, "not_ready");
    at.all_booked = true;
    EXPECT_TRUE(at.ask({}, {}));
}

}  // namespace
}  // namespace lifeline::app
