#include "session/shown.h"

#include <fmt/format.h>

#include "contract/canonical.h"
#include "contract/form.h"
#include "contract/json_pointer.h"

namespace lifeline::session {

namespace {

using contract::Json;

std::string text_of(const Json& value) {
    if (const auto text = value.as_text()) return std::string(*text);
    if (const auto whole = value.as_integer()) return std::to_string(*whole);
    if (const auto number = value.as_number()) return contract::canonical_number(*number);
    if (const auto flag = value.as_bool()) return *flag ? "true" : "false";
    return {};
}

std::string text_at(const Json& root, std::string_view pointer) {
    if (pointer.empty()) return {};
    const auto value = contract::find_at(root, pointer);
    return value ? text_of(*value) : std::string();
}

std::vector<std::string> texts_at(const Json& root, std::string_view pointer) {
    if (pointer.empty()) return {};
    const auto value = contract::find_at(root, pointer);
    if (!value) return {};
    if (!value->is_array()) return {text_of(*value)};
    std::vector<std::string> texts;
    for (const Json& item : value->items()) texts.push_back(text_of(item));
    return texts;
}

}  // namespace

call::Shown shown_of(const tools::Tool& tool, std::string_view args_json) {
    const tools::Display& display = tool.display;
    call::Shown shown;
    shown.title = display.title.empty() ? fmt::format("Run {}?", tool.name) : display.title;
    shown.description = tool.description;
    shown.scope_kind = display.scope_kind;
    shown.external = display.external;
    shown.preview = args_json;
    const auto args = Json::parse(args_json);
    if (!args) return shown;
    shown.target = text_at(*args, display.target);
    shown.recipients = texts_at(*args, display.recipients);
    const std::string amount = text_at(*args, display.amount);
    if (contract::matches(contract::Form::amount, amount)) shown.amount = amount;
    const std::string currency = text_at(*args, display.currency);
    if (contract::matches(contract::Form::currency, currency)) shown.currency = currency;
    if (const std::string preview = text_at(*args, display.preview); !preview.empty())
        shown.preview = preview;
    return shown;
}

}  // namespace lifeline::session
