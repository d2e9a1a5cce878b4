#include "app/settings_reconciliation.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include "contract/json_writer.h"
#include "net/url.h"

namespace lifeline::app {

namespace {

using Settings = ReconciliationConfig;

std::unexpected<Error> must(std::string_view what) {
    return fail(Code::malformed, "config_invalid", fmt::format("must be {}", what));
}

Setting flag(bool Settings::* member) {
    return {.set = [member](Config& config, const toml::node& node) -> Result<void> {
                const auto value = node.value_exact<bool>();
                if (!value) return must("true or false");
                config.reconciliation.*member = *value;
                return {};
            },
            .show =
                [member](const Config& config) {
                    return std::string(config.reconciliation.*member ? "true" : "false");
                }};
}

std::int64_t as_number(int value) {
    return value;
}
template <class Rep, class Period>
std::int64_t as_number(std::chrono::duration<Rep, Period> value) {
    return value.count();
}

// Whole hours, minutes or days, as the member says, or a number of something.
template <class Number>
Setting number(Number Settings::* member, std::int64_t least, std::int64_t most) {
    return {.set = [=](Config& config, const toml::node& node) -> Result<void> {
                const auto value = node.value_exact<std::int64_t>();
                if (!value || *value < least || *value > most)
                    return must(fmt::format("a whole number from {} to {}", least, most));
                config.reconciliation.*member = Number(static_cast<int>(*value));
                return {};
            },
            .show =
                [member](const Config& config) {
                    return std::to_string(as_number(config.reconciliation.*member));
                }};
}

// Empty: none.
Setting text(std::string Settings::* member, bool (*fits)(const std::string&),
             std::string_view what) {
    return {.set = [=](Config& config, const toml::node& node) -> Result<void> {
                const auto given = node.value_exact<std::string>();
                if (!given || (!given->empty() && !fits(*given))) return must(what);
                config.reconciliation.*member = *given;
                return {};
            },
            .show =
                [member](const Config& config) {
                    std::string out;
                    contract::append_json_string(out, config.reconciliation.*member);
                    return out;
                }};
}

}  // namespace

std::map<std::string, Setting, std::less<>> reconciliation_settings() {
    return {
        {"reconciliation.enabled", flag(&Settings::enabled)},
        {"reconciliation.settle_minutes", number(&Settings::settle, 0, 1'440)},
        {"reconciliation.horizon_days", number(&Settings::horizon, 1, 400)},
        {"reconciliation.dead_man_hours", number(&Settings::dead_man, 1, 168)},
        {"reconciliation.alert.url",
         text(
             &Settings::alert_url,
             [](const std::string& given) { return net::parse_url(given).has_value(); },
             "a URL: https://pager.example.com/lifeline")},
        {"reconciliation.alert.secret_file",
         text(
             &Settings::alert_secret_file, [](const std::string&) { return true; },
             "the path of a file")},
        {"reconciliation.alert.attempts", number(&Settings::alert_attempts, 1, 100)},
    };
}

}  // namespace lifeline::app
