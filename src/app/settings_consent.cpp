#include "app/settings_consent.h"

#include <toml++/toml.h>

#include <algorithm>

#include "contract/json_writer.h"

namespace lifeline::app {

namespace {

using Of = api::ConsentDemand::Of;

std::unexpected<Error> must(std::string_view what) {
    return fail(Code::malformed, "config_invalid", "must be " + std::string(what));
}

// As the contract has it: a misspelt account must not be one of which nothing is demanded.
bool is_account_id(std::string_view text) {
    constexpr std::string_view prefix = "acct_";
    if (!text.starts_with(prefix) || text.size() == prefix.size() || text.size() > 64) return false;
    return std::ranges::all_of(text.substr(prefix.size()), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("_.:-").contains(c);
    });
}

}  // namespace

Setting consent_recording() {
    return {.set = [](Config& config, const toml::node& node) -> Result<void> {
                const auto text = node.value_exact<std::string>();
                if (text != "required" && text != "as_asked")
                    return must("required (of every call) or as_asked (by the app)");
                config.calls.consent.recording = text == "required" ? Of::everybody : Of::as_asked;
                return {};
            },
            .show =
                [](const Config& config) {
                    const bool all = config.calls.consent.recording == Of::everybody;
                    return std::string(all ? "\"required\"" : "\"as_asked\"");
                }};
}

Setting consent_recording_accounts() {
    return {.set = [](Config& config, const toml::node& node) -> Result<void> {
                const auto* list = node.as_array();
                if (list == nullptr) return must("a list of accounts");
                std::vector<std::string> accounts;
                for (const auto& item : *list) {
                    const auto account = item.value_exact<std::string>();
                    if (!account || !is_account_id(*account))
                        return must("a list of accounts, each like acct_main");
                    accounts.push_back(*account);
                }
                config.calls.consent.recording_accounts = std::move(accounts);
                return {};
            },
            .show =
                [](const Config& config) {
                    contract::JsonWriter json;
                    json.array();
                    for (const auto& account : config.calls.consent.recording_accounts)
                        json.value(account);
                    json.end();
                    return json.take();
                }};
}

}  // namespace lifeline::app
