#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/metric.h"
#include "base/loop.h"

namespace lifeline::app {

// Where figures come from: a loop, a worker, a table. `ask` is called on the home loop and answers
// there, later; it may also never answer.
struct MetricSource {
    std::string name;  // "loop-3"
    std::function<void(std::move_only_function<void(Samples)>)> ask;
};

// Asks all sources at once and waits for none longer than `deadline`: a server that is stuck is
// when its figures are wanted most. Whoever did not answer is named by
// lifeline_scrape_source_answered. Lives on the home loop.
class Scraper {
public:
    Scraper(Loop& home, std::vector<MetricSource> sources, Millis deadline)
        : home_(home), sources_(std::move(sources)), deadline_(deadline) {}

    void scrape(std::move_only_function<void(Samples)> done);

private:
    struct Round;

    Loop& home_;
    const std::vector<MetricSource> sources_;
    const Millis deadline_;
};

}  // namespace lifeline::app
