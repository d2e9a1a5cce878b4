#include "app/metric.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "app/metric_sources.h"
#include "base/virtual_loop.h"

// What is shown of a running server: the words, the text, and that one stuck part hides no other.
namespace lifeline::app {

namespace {

using Answer = std::move_only_function<void(Samples)>;

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

}  // namespace lifeline::app
