#include "app/settings_retention.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include "contract/form.h"
#include "contract/json_writer.h"

namespace lifeline::app {

namespace {

std::unexpected<Error> must(std::string_view what) {
    return fail(Code::malformed, "config_invalid", fmt::format("must be {}", what));
}

constexpr std::string_view form =
    "tables of account, keep_days and drop_superseded_partials: "
    "{ account = \"acct_main\", keep_days = 90 }";

Result<void> read_account(const toml::table& table, retention::KeepingPolicy& policy) {
    retention::OwnKeeping keeping;
    std::string account;
    for (const auto& [key, node] : table) {
        if (key.str() == "account") {
            account = node.value_exact<std::string>().value_or("");
        } else if (key.str() == "keep_days") {
            const auto days = node.value_exact<std::int64_t>();
            if (!days || *days < 0 || *days > keep_days_max) return must(form);
            keeping.keep_days = static_cast<int>(*days);
        } else if (key.str() == "drop_superseded_partials") {
            const auto drop = node.value_exact<bool>();
            if (!drop) return must(form);
            keeping.drop_superseded_partials = drop;
        } else {
            return must(form);
        }
    }
    if (!contract::matches(contract::Form::account_id, account)) return must(form);
    if (!policy.accounts.emplace(account, keeping).second)
        return must(fmt::format("one table an account: {} has two", account));
    return {};
}

}  // namespace

Setting drop_superseded_partials() {
    return {.set = [](Config& config, const toml::node& node) -> Result<void> {
                const auto drop = node.value_exact<bool>();
                if (!drop) return must("true or false");
                config.retention.standard.drop_superseded_partials = *drop;
                return {};
            },
            .show =
                [](const Config& config) {
                    return std::string(
                        config.retention.standard.drop_superseded_partials ? "true" : "false");
                }};
}

Setting retention_accounts() {
    return {
        .set = [](Config& config, const toml::node& node) -> Result<void> {
            const auto* list = node.as_array();
            if (list == nullptr) return must(form);
            for (const auto& item : *list) {
                const auto* table = item.as_table();
                if (table == nullptr) return must(form);
                if (const auto read = read_account(*table, config.retention); !read) return read;
            }
            return {};
        },
        .show =
            [](const Config& config) {
                contract::JsonWriter json;
                json.array();
                for (const auto& [account, own] : config.retention.accounts) {
                    const auto keeping = config.retention.of(account);
                    json.object().key("account").value(account);
                    json.key("keep_days").value(keeping.keep_days);
                    json.key("drop_superseded_partials").value(keeping.drop_superseded_partials);
                    json.end();
                }
                json.end();
                return json.take();
            }};
}

}  // namespace lifeline::app
