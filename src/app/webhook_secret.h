#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/webhook_signature.h"

namespace lifeline::app {

// Signs with the secret in this file; with nothing where no file is named.
Result<WebhookSigner> webhook_signer(std::string_view setting, const std::string& file);

}  // namespace lifeline::app
