#pragma once

#include "app/settings.h"

namespace lifeline::app {

// [[metering.meters]]: meters beside those that there always are, or other rounding for these.
Setting metering_meters();

}  // namespace lifeline::app
