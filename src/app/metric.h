#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/histogram.h"

namespace lifeline::app {

// A kind of figure that the server shows: docs/operations.md has a row for each.
struct MetricFamily {
    enum class Kind : std::uint8_t { counter, gauge, histogram };
    std::string_view name;  // "lifeline_journal_commits_total": what, then the unit.
    Kind kind;
    std::string_view help;
};
std::span<const MetricFamily> metric_families();

// One figure at one moment.
struct Sample {
    using Labels = std::vector<std::pair<std::string, std::string>>;

    std::string_view name;  // Of its family.
    std::variant<double, Distribution> value;
    Labels labels = {};
};
using Samples = std::vector<Sample>;

// What Prometheus reads: families in their order, samples as they come.
std::string prometheus_text(const Samples& samples);

}  // namespace lifeline::app
