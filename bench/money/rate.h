#pragma once

#include <cstddef>
#include <string>

namespace lifeline::money {

// A journal of so many events, and how fast what it used is metered and rated from it.
void rate(const std::string& dir, std::size_t events);

}  // namespace lifeline::money
