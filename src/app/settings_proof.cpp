#include "app/settings_proof.h"

#include <toml++/toml.h>

#include "contract/json_writer.h"
#include "net/url.h"

namespace lifeline::app {

namespace {

// Empty: none.
Setting text(std::string ProofConfig::* member, bool (*fits)(const std::string&),
             std::string_view what) {
    return {.set = [=](Config& config, const toml::node& node) -> Result<void> {
                const auto given = node.value_exact<std::string>();
                if (!given || (!given->empty() && !fits(*given)))
                    return fail(Code::malformed, "config_invalid", "must be " + std::string(what));
                config.proof.*member = *given;
                return {};
            },
            .show =
                [=](const Config& config) {
                    std::string out;
                    contract::append_json_string(out, config.proof.*member);
                    return out;
                }};
}

Setting path(std::string ProofConfig::* member) {
    return text(member, [](const std::string&) { return true; }, "the path of a file");
}

}  // namespace

Setting heads_file() {
    return path(&ProofConfig::heads_file);
}

Setting heads_webhook_url() {
    return text(
        &ProofConfig::webhook_url,
        [](const std::string& given) { return net::parse_url(given).has_value(); },
        "a URL: https://keep.example.com/heads");
}

Setting heads_webhook_secret_file() {
    return path(&ProofConfig::webhook_secret_file);
}

}  // namespace lifeline::app
