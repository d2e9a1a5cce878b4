#include "app/scrape.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace lifeline::app {

// One scrape on its way. It outlives its end when somebody answers late, which nobody hears.
struct Scraper::Round {
    std::vector<std::optional<Samples>> answers;
    std::size_t missing = 0;
    Loop::TimerId timer = 0;
    std::move_only_function<void(Samples)> done;

    void finish(const std::vector<MetricSource>& sources) {
        Samples all;
        for (std::size_t i = 0; i < sources.size(); ++i) {
            all.push_back({.name = "lifeline_scrape_source_answered",
                           .value = answers[i] ? 1.0 : 0.0,
                           .labels = {{"source", sources[i].name}}});
            if (answers[i]) std::ranges::move(*answers[i], std::back_inserter(all));
        }
        std::exchange(done, nullptr)(std::move(all));
    }
};

void Scraper::scrape(std::move_only_function<void(Samples)> done) {
    auto round = std::make_shared<Round>();
    round->answers.resize(sources_.size());
    round->missing = sources_.size();
    round->done = std::move(done);
    round->timer = home_.start_timer(deadline_, [this, round] {
        if (round->done) round->finish(sources_);
    });
    for (std::size_t i = 0; i < sources_.size(); ++i)
        sources_[i].ask([this, round, i](Samples samples) {
            if (!round->done || round->answers[i]) return;
            round->answers[i] = std::move(samples);
            if (--round->missing > 0) return;
            home_.cancel_timer(round->timer);
            round->finish(sources_);
        });
}

}  // namespace lifeline::app
