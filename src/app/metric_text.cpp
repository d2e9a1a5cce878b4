#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>

#include "app/metric.h"
#include "base/check.h"

namespace lifeline::app {

namespace {

prometheus::MetricType type_of(MetricFamily::Kind kind) {
    switch (kind) {
        case MetricFamily::Kind::counter:
            return prometheus::MetricType::Counter;
        case MetricFamily::Kind::gauge:
            return prometheus::MetricType::Gauge;
        case MetricFamily::Kind::histogram:
            break;
    }
    return prometheus::MetricType::Histogram;
}

prometheus::ClientMetric::Histogram cumulative(const Distribution& values) {
    prometheus::ClientMetric::Histogram out;
    for (std::size_t i = 0; i < values.counts.size(); ++i) {
        out.sample_count += values.counts[i];
        if (i < values.upper.size()) out.bucket.push_back({out.sample_count, values.upper[i]});
    }
    out.sample_sum = values.sum;
    return out;
}

prometheus::ClientMetric metric_of(const Sample& sample, MetricFamily::Kind kind) {
    prometheus::ClientMetric out;
    for (const auto& [name, value] : sample.labels) out.label.push_back({name, value});
    if (const auto* values = std::get_if<Distribution>(&sample.value)) {
        CHECK(kind == MetricFamily::Kind::histogram);
        out.histogram = cumulative(*values);
    } else if (kind == MetricFamily::Kind::counter) {
        out.counter.value = std::get<double>(sample.value);
    } else {
        CHECK(kind == MetricFamily::Kind::gauge);
        out.gauge.value = std::get<double>(sample.value);
    }
    return out;
}

}  // namespace

std::string prometheus_text(const Samples& samples) {
    const auto known = metric_families();
    std::vector<prometheus::MetricFamily> families;
    for (const MetricFamily& family : known)
        families.push_back(
            {std::string(family.name), std::string(family.help), type_of(family.kind), {}});
    for (const Sample& sample : samples) {
        const auto family = std::ranges::find(known, sample.name, &MetricFamily::name);
        CHECK(family != known.end());
        families[static_cast<std::size_t>(family - known.begin())].metric.push_back(
            metric_of(sample, family->kind));
    }
    std::erase_if(families, [](const auto& family) { return family.metric.empty(); });
    return prometheus::TextSerializer().Serialize(families);
}

}  // namespace lifeline::app
