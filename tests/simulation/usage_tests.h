#pragma once

#include <optional>
#include <string>

namespace lifeline::simulation {

// Runs the tests of room metering, in which no world has a part, with whatever is broken by now, in
// a process of their own; the first that fails, or nothing.
std::optional<std::string> first_failing_usage_test();

}  // namespace lifeline::simulation
