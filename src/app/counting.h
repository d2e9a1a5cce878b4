#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "app/reconciler.h"
#include "reconciliation/reconciliation.h"

namespace lifeline::app {

struct CountSettings {
    std::chrono::hours horizon = std::chrono::days(33);
    std::vector<reconciliation::ExpectedSink> sinks = {};
    std::string config_sha256 = {};
};

// What the runner asks whoever counts. Asks and answers on `home`.
std::function<void(Counting, journal::Done<Counted>)> counts_by(
    reconciliation::Reconciliation& reconciliation, Loop& home, CountSettings settings);

}  // namespace lifeline::app
