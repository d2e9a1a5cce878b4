#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/metric.h"
#include "base/loop.h"
#include "base/result.h"

namespace lifeline::app {

// Where figures come from: a loop, a worker, a table. `ask` is called on the home loop and answers
// there, later, also that it cannot; it may never answer.
struct MetricSource {
    using Answer = std::move_only_function<void(Result<Samples>)>;

    std::string name;  // "loop-3"
    std::function<void(Answer)> ask;
};

// Asks all sources at once and waits for none longer than `deadline`: a server that is stuck is
// when its figures are wanted most. One that did not answer in time is asked again and not waited
// for, until it answers: it costs the others one deadline and not each. Whoever did not answer, or
// said that it cannot, is named by lifeline_scrape_source_answered. Lives on the home loop.
class Scraper {
public:
    Scraper(Loop& home, std::vector<MetricSource> sources, Millis deadline);

    ~Scraper() { *alive_ = false; }
    Scraper(const Scraper&) = delete;
    Scraper& operator=(const Scraper&) = delete;

    void scrape(std::move_only_function<void(Samples)> done);

private:
    struct Round;
    struct Standing {
        bool owes = false;   // Did not answer when it was waited for.
        bool fails = false;  // Said so; told once, until it answers.
    };
    void take(Round& round, std::size_t source, Result<Samples> samples);

    Loop& home_;
    const std::vector<MetricSource> sources_;
    const Millis deadline_;
    std::vector<Standing> standing_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::app
