#pragma once

#include "app/settings.h"

namespace lifeline::app {

// [[billing.sinks]]: where charges go.
Setting billing_sinks();

}  // namespace lifeline::app
