#pragma once

#include <string>

namespace lifeline::app {

// A configuration that changes nothing and shows everything: every setting with its default, behind
// a comment sign, and the first ones with what they are for.
std::string first_settings();

}  // namespace lifeline::app
