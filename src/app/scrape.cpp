#include "app/scrape.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "base/log.h"

namespace lifeline::app {

// One scrape on its way. It outlives its end when somebody answers late, which nobody hears.
struct Scraper::Round {
    struct Place {
        bool answered = false;
        bool waited_for = true;
        std::optional<Samples> samples = {};
    };
    std::vector<Place> places;
    Loop::TimerId timer = 0;
    std::move_only_function<void(Samples)> done;

    bool waits() const {
        return std::ranges::any_of(
            places, [](const Place& place) { return place.waited_for && !place.answered; });
    }
    void finish(const std::vector<MetricSource>& sources) {
        Samples all;
        for (std::size_t i = 0; i < sources.size(); ++i) {
            auto& samples = places[i].samples;
            all.push_back({.name = "lifeline_scrape_source_answered",
                           .value = samples ? 1.0 : 0.0,
                           .labels = {{"source", sources[i].name}}});
            if (samples) std::ranges::move(*samples, std::back_inserter(all));
        }
        std::exchange(done, nullptr)(std::move(all));
    }
};

Scraper::Scraper(Loop& home, std::vector<MetricSource> sources, Millis deadline)
    : home_(home), sources_(std::move(sources)), deadline_(deadline), standing_(sources_.size()) {}

void Scraper::scrape(std::move_only_function<void(Samples)> done) {
    auto round = std::make_shared<Round>();
    round->places.resize(sources_.size());
    for (std::size_t i = 0; i < sources_.size(); ++i)
        round->places[i].waited_for = !standing_[i].owes;
    round->done = std::move(done);
    round->timer = home_.start_timer(deadline_, [this, alive = alive_, round] {
        if (!*alive || !round->done) return;
        for (std::size_t i = 0; i < sources_.size(); ++i)
            if (!round->places[i].answered) standing_[i].owes = true;
        round->finish(sources_);
    });
    for (std::size_t i = 0; i < sources_.size(); ++i)
        sources_[i].ask([this, alive = alive_, round, i](Result<Samples> samples) {
            if (*alive) take(*round, i, std::move(samples));
        });
}

void Scraper::take(Round& round, std::size_t source, Result<Samples> samples) {
    Standing& standing = standing_[source];
    standing.owes = false;
    if (!samples && !standing.fails)
        log::warn("metrics source={} has nothing to show reason={} {}", sources_[source].name,
                  samples.error().reason, samples.error().detail);
    standing.fails = !samples;
    Round::Place& place = round.places[source];
    if (!round.done || std::exchange(place.answered, true)) return;
    if (samples) place.samples = *std::move(samples);
    if (round.waits()) return;
    home_.cancel_timer(round.timer);
    round.finish(sources_);
}

}  // namespace lifeline::app
