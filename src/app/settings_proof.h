#pragma once

#include "app/settings.h"

namespace lifeline::app {

// [proof]: to whom the journal's heads are given.
Setting heads_file();
Setting heads_webhook_url();
Setting heads_webhook_secret_file();

}  // namespace lifeline::app
