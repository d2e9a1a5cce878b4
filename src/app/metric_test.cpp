#include "app/metric.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "app/metric_sources.h"
#include "base/virtual_loop.h"

// What is shown of a running server: the words, the text, and that one stuck part hides no other.
namespace lifeline::app {

namespace {

using Answer = MetricSource::Answer;

MetricSource at_once(std::string name, double value) {
    return {.name = std::move(name), .ask = [value](Answer answer) {
                answer(Samples{{.name = "lifeline_session_actors", .value = value}});
            }};
}

// "loop-0=1 loop-1=0 actors=3"
std::string told(const Samples& samples) {
    std::string out;
    for (const Sample& sample : samples) {
        out += sample.name == "lifeline_session_actors" ? "actors" : sample.labels.front().second;
        out += "=" + std::to_string(static_cast<int>(std::get<double>(sample.value))) + " ";
    }
    return out;
}

}  // namespace

TEST(Metrics, NamesAreUniqueAndSayTheirUnit) {
    std::set<std::string_view> names;
    for (const MetricFamily& family : metric_families()) {
        SCOPED_TRACE(family.name);
        EXPECT_TRUE(names.insert(family.name).second);
        EXPECT_TRUE(family.name.starts_with("lifeline_"));
        EXPECT_TRUE(std::ranges::all_of(family.name,
                                        [](char c) { return c == '_' || (c >= 'a' && c <= 'z'); }));
        EXPECT_EQ(family.name.ends_with("_total"), family.kind == MetricFamily::Kind::counter);
        EXPECT_TRUE(family.help.ends_with('.')) << family.help;
    }
}

TEST(Metrics, AreWrittenAsPrometheusReadsThem) {
    journal::Figures figures{.commits = 2, .events = 5};
    figures.group_events = {.upper = {1, 4}, .counts = {1, 0, 1}, .sum = 6};
    figures.commit_seconds = {.upper = {0.5}, .counts = {2, 0}, .sum = 0.25};
    const std::string text = prometheus_text(samples_of(figures, journal::Health::full));
    for (const std::string_view line : {
             "# TYPE lifeline_journal_commits_total counter\n",
             "\nlifeline_journal_commits_total 2\n",
             "\nlifeline_journal_events_total 5\n",
             "# TYPE lifeline_journal_group_events histogram\n",
             "\nlifeline_journal_group_events_count 2\n",
             "\nlifeline_journal_group_events_sum 6\n",
             "\nlifeline_journal_group_events_bucket{le=\"1\"} 1\n",
             "\nlifeline_journal_group_events_bucket{le=\"4\"} 1\n",
             "\nlifeline_journal_group_events_bucket{le=\"+Inf\"} 2\n",
             "\nlifeline_journal_commit_duration_seconds_bucket{le=\"0.5\"} 2\n",
             "\nlifeline_journal_health{state=\"full\"} 1\n",
             "\nlifeline_journal_health{state=\"ok\"} 0\n",
         })
        EXPECT_NE(text.find(line), std::string::npos) << line << "in\n" << text;
    EXPECT_EQ(text.find("lifeline_calls_open"), std::string::npos) << "nobody said how many";
}

TEST(Metrics, ARefusalIsCountedByDoorAndReason) {
    api::Counters counters;
    counters.refused(api::Counters::Door::rest, "forbidden");
    counters.refused(api::Counters::Door::rest, "forbidden");
    counters.refused(api::Counters::Door::upgrade, "forbidden");
    counters.refused(api::Counters::Door::http, "what no list has");
    std::vector<std::string> found;
    for (const Sample& sample : samples_of(counters))
        found.push_back(sample.labels[0].second + " " + sample.labels[1].second + " " +
                        std::to_string(static_cast<int>(std::get<double>(sample.value))));
    std::ranges::sort(found);
    EXPECT_EQ(found, (std::vector<std::string>{"http internal 1", "rest forbidden 2",
                                               "upgrade forbidden 1"}));
}

// Some are not even answered, so no refusal counts them.
TEST(Metrics, WhoIsTurnedAwayIsCountedByLimit) {
    const std::string text = prometheus_text(samples_of(net::HttpCounters{.accepted = 9,
                                                                          .requests = 1,
                                                                          .refused_full = 2,
                                                                          .refused_descriptors = 3,
                                                                          .refused_rate = 4,
                                                                          .dropped = 5,
                                                                          .timed_out = 6}));
    for (const std::string_view line :
         {"\nlifeline_http_accepted_total 9\n", "\nlifeline_http_dropped_total 5\n",
          "\nlifeline_http_turned_away_total{limit=\"connections\"} 2\n",
          "\nlifeline_http_turned_away_total{limit=\"descriptors_reserved\"} 3\n",
          "\nlifeline_http_turned_away_total{limit=\"accepts\"} 4\n",
          "\nlifeline_http_turned_away_total{limit=\"request_timeout\"} 6\n"})
        EXPECT_NE(text.find(line), std::string::npos) << line << "in\n" << text;
}

TEST(Metrics, OfTheSecondCountAreShownAsFarAsTheyAreKnown) {
    const WallTime now = *parse_rfc3339("2026-02-16T12:00:00.000Z");
    Reconciled reconciled{.runs = {.runs = 0, .refused = 1}, .findings = {.unresolved = 4}};
    std::string text = prometheus_text(samples_of(reconciled, now));
    EXPECT_NE(text.find("\nlifeline_reconciliation_refused_total 1\n"), std::string::npos) << text;
    EXPECT_NE(text.find("\nlifeline_findings_unresolved 4\n"), std::string::npos) << text;
    EXPECT_EQ(text.find("last_run"), std::string::npos) << "there was none";
    EXPECT_EQ(text.find("lifeline_alerts"), std::string::npos) << "nobody is told";
    reconciled.runs.last = now - std::chrono::minutes(90);
    reconciled.runs.findings = 2;
    reconciled.findings.alerts_parked = 3;
    reconciled.alerts = true;
    text = prometheus_text(samples_of(reconciled, now));
    for (const std::string_view line :
         {"\nlifeline_reconciliation_last_run_seconds 5400\n",
          "\nlifeline_reconciliation_last_run_findings 2\n", "\nlifeline_alerts_waiting 0\n",
          "\nlifeline_alerts_parked 3\n"})
        EXPECT_NE(text.find(line), std::string::npos) << line << "in\n" << text;
}

TEST(Scraper, NamesWhoDidNotAnswerInTimeAndWaitsForNobodyElse) {
    VirtualLoop home;
    Answer late;
    Scraper scraper(home,
                    {at_once("a", 1),
                     {.name = "stuck", .ask = [&](Answer answer) { late = std::move(answer); }},
                     at_once("b", 2)},
                    Millis(2'000));
    std::string seen;
    const auto scrape = [&] {
        seen.clear();
        scraper.scrape([&](const Samples& samples) { seen = told(samples); });
        home.run();
    };
    scrape();
    EXPECT_EQ(seen, "") << "it may still come";
    home.run_for(Millis(2'000));
    EXPECT_EQ(seen, "a=1 actors=1 stuck=0 b=1 actors=2 ");
    seen.clear();
    late(Samples{});
    home.run();
    EXPECT_EQ(seen, "") << "nobody hears what comes too late";

    scrape();
    late(Samples{{.name = "lifeline_session_actors", .value = 7.0}});
    EXPECT_EQ(seen, "a=1 actors=1 stuck=1 actors=7 b=1 actors=2 ") << "at once, when all are there";
    EXPECT_EQ(home.timers(), 0u);
    late(Samples{});
}

TEST(Scraper, WhoCannotAnswerSaysSoAndNobodyWaits) {
    VirtualLoop home;
    bool fails = true;
    Scraper scraper(
        home,
        {at_once("a", 1),
         {.name = "view",
          .ask =
              [&](Answer answer) {
                  home.post([&fails, answer = std::move(answer)]() mutable {
                      if (fails) return answer(fail(Code::unavailable, "not_ready", "shut"));
                      answer(Samples{{.name = "lifeline_session_actors", .value = 5.0}});
                  });
              }},
         at_once("b", 2)},
        Millis(2'000));
    std::string seen;
    const auto scrape = [&] {
        seen.clear();
        scraper.scrape([&](const Samples& samples) { seen = told(samples); });
        home.run();  // No time passes.
    };
    scrape();
    EXPECT_EQ(seen, "a=1 actors=1 view=0 b=1 actors=2 ");
    EXPECT_EQ(home.timers(), 0u);
    fails = false;
    scrape();
    EXPECT_EQ(seen, "a=1 actors=1 view=1 actors=5 b=1 actors=2 ");
}

TEST(Scraper, WhoNeverAnswersIsWaitedForOnce) {
    VirtualLoop home;
    std::vector<Answer> unanswered;
    Scraper scraper(
        home,
        {at_once("a", 1),
         {.name = "stuck", .ask = [&](Answer answer) { unanswered.push_back(std::move(answer)); }},
         {.name = "b",
          .ask =
              [&](Answer answer) {
                  home.post([answer = std::move(answer)]() mutable { answer(Samples{}); });
              }}},
        Millis(2'000));
    std::string seen;
    const auto scrape = [&] {
        seen.clear();
        scraper.scrape([&](const Samples& samples) { seen = told(samples); });
        home.run();
    };
    scrape();
    home.run_for(Millis(2'000));
    EXPECT_EQ(seen, "a=1 actors=1 stuck=0 b=1 ");
    scrape();
    EXPECT_EQ(seen, "a=1 actors=1 stuck=0 b=1 ") << "at once";
    unanswered[0](Samples{});  // It goes on.
    scrape();
    EXPECT_EQ(seen, "") << "so it is waited for again";
    unanswered.back()(Samples{{.name = "lifeline_session_actors", .value = 3.0}});
    EXPECT_EQ(seen, "a=1 actors=1 stuck=1 actors=3 b=1 ");
    EXPECT_EQ(home.timers(), 0u);
}

}  // namespace lifeline::app
