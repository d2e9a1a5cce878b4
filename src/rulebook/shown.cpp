#include "rulebook/shown.h"

#include <fmt/format.h>

#include <algorithm>

#include "contract/canonical.h"
#include "contract/form.h"
#include "contract/json_pointer.h"
#include "contract/json_writer.h"

namespace lifeline::rulebook {

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

// What its place shows whole.
bool is_plain(const Json& value) {
    constexpr std::size_t text_shown = 256;
    const std::string text = text_of(value);
    return !text.empty() && text.size() <= text_shown;
}

bool is_plain_list(const Json& value) {
    constexpr std::size_t items_shown = 256;
    if (!value.is_array()) return is_plain(value);
    const auto items = value.items();
    return items.size() <= items_shown && std::ranges::all_of(items, is_plain);
}

// The members that are shown in no other place: a person sees all of what they say yes to. Before
// the text, where nothing in the text can look like it.
std::string rest_of(const Json& args, const tools::Display& display, const call::Shown& shown) {
    contract::JsonWriter rest;
    rest.object();
    bool any = false;
    for (const auto& [name, value] : args.members()) {
        const std::string pointer = contract::pointer_step(name);
        if ((pointer == display.amount && !shown.amount.empty()) ||
            (pointer == display.currency && !shown.currency.empty()) ||
            (pointer == display.target && is_plain(value)) ||
            (pointer == display.recipients && is_plain_list(value)) || pointer == display.preview)
            continue;
        rest.key(name).raw(contract::canonical_json(value));
        any = true;
    }
    rest.end();
    return any ? rest.take() + "\n\n" : std::string();
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
        shown.preview = rest_of(*args, display, shown) + preview;
    return shown;
}

}  // namespace lifeline::rulebook
