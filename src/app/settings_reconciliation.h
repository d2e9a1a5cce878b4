#pragma once

#include <map>
#include <string>

#include "app/settings.h"

namespace lifeline::app {

// [reconciliation]: when hours are counted again, and who is told of what differs.
std::map<std::string, Setting, std::less<>> reconciliation_settings();

}  // namespace lifeline::app
