#include "app/webhook_secret.h"

#include <utility>
#include <vector>

#include "app/secret_source.h"

namespace lifeline::app {

Result<WebhookSigner> webhook_signer(std::string_view setting, const std::string& file) {
    std::vector<Secret<std::string>> secrets;
    if (!file.empty()) {
        auto secret = read_secret_file(setting, file);
        if (!secret) return fail(secret.error());
        secrets.push_back(std::move(*secret));
    }
    return WebhookSigner::create(secrets);
}

}  // namespace lifeline::app
