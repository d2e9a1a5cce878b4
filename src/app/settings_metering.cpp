#include "app/settings_metering.h"

#include <toml++/toml.h>

#include "contract/form.h"
#include "contract/json.h"
#include "contract/json_writer.h"

namespace lifeline::app {

namespace {

std::unexpected<Error> must(std::string_view what) {
    return fail(Code::malformed, "config_invalid", "must be " + std::string(what));
}

constexpr std::string_view form =
    "tables of meter, version, unit, and if wanted increment, minimum and mode: "
    "{ meter = \"call.duration_ms\", version = 2, unit = \"ms\", increment = 60000 }";

// As billing.meters.activated has it: quantities are texts.
Result<void> write_meter(contract::JsonWriter& json, const toml::table& table) {
    json.object();
    for (const auto& [key, node] : table) {
        const auto text = node.value_exact<std::string>();
        const auto number = node.value_exact<std::int64_t>();
        const std::string_view name = key.str();
        if (name == "meter" && text && contract::matches(contract::Form::id, *text)) {
            json.key(name).value(*text);
        } else if (name == "unit" && text && contract::matches(contract::Form::word, *text)) {
            json.key(name).value(*text);
        } else if (name == "mode" && text) {
            json.key(name).value(*text);
        } else if (name == "version" && number) {
            json.key(name).value(*number);
        } else if ((name == "increment" || name == "minimum") && number) {
            json.key(name).value(std::to_string(*number));
        } else {
            return must(form);
        }
    }
    json.end();
    return {};
}

}  // namespace

Setting metering_meters() {
    return {.set = [](Config& config, const toml::node& node) -> Result<void> {
                const auto* list = node.as_array();
                if (list == nullptr) return must(form);
                contract::JsonWriter json;
                json.array();
                for (const auto& item : *list) {
                    const auto* table = item.as_table();
                    if (table == nullptr) return must(form);
                    if (const auto written = write_meter(json, *table); !written) return written;
                }
                json.end();
                const auto meters = metering::Meters::parse(*contract::Json::parse(json.take()));
                if (!meters) return fail(meters.error());
                config.metering.own = *meters;
                return {};
            },
            .show = [](const Config& config) { return config.metering.own.json(); }};
}

}  // namespace lifeline::app
