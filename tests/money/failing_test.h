#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace lifeline::money {

struct Ran {
    std::string failed = {};  // The first that did, or nothing.
    std::size_t tests = 0;
    std::size_t histories = 0;  // Seeded ones, as the tests record them (`histories`).
    // Each test and how long it took.
    std::vector<std::pair<std::chrono::milliseconds, std::string>> took = {};
};

// Runs the tests that are linked in, with whatever is broken by now, in a process of their own,
// until one fails.
Ran run_tests(const std::string& filter = "*");

// The same, beginning with those that took the least time when nothing was broken: most of what is
// broken is found by an example, and costs no thousand histories.
std::string first_failing(const Ran& healthy);

}  // namespace lifeline::money
