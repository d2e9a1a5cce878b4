#pragma once

#include "app/settings.h"

namespace lifeline::app {

// retention.drop_superseded_partials, and the [[retention.accounts]] that want it otherwise.
Setting drop_superseded_partials();
Setting retention_accounts();

// As `lifeline retention` says it, and `lifeline check-config`.
inline constexpr int keep_days_max = 36'500;

}  // namespace lifeline::app
