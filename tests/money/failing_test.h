#pragma once

#include <cstddef>
#include <string>

namespace lifeline::money {

struct Ran {
    std::string failed = {};  // The first that did, or nothing.
    std::size_t tests = 0;
    std::size_t histories = 0;  // Seeded ones, as the tests record them (`histories`).
};

// Runs the tests that are linked in, with whatever is broken by now, in a process of their own.
Ran run_tests();

}  // namespace lifeline::money
