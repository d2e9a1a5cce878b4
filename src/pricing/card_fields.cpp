#include "pricing/card_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "contract/pointer.h"
#include "contract/reason.h"

namespace lifeline::pricing {

using contract::Form;
using contract::Json;

void CardFault::add(const std::string& pointer, std::string_view what) {
    if (!status_) return;
    status_ =
        contract::refuse(contract::reason::card_invalid,
                         fmt::format("{}: {}", pointer.empty() ? "/" : pointer, what), pointer);
}

CardFields::CardFields(Json json, std::string pointer, CardFault& fault)
    : json_(std::move(json)), pointer_(std::move(pointer)), fault_(fault) {
    if (!json_.is_object()) fault_.add(pointer_, "must be an object");
}

CardFields::~CardFields() {
    for (const auto& member : json_.members())
        if (std::ranges::find(known_, member.key) == known_.end())
            refuse(member.key, "is no part of a card; leave it out");
}

std::optional<Json> CardFields::find(std::string_view key) {
    known_.emplace_back(key);
    return json_.find(key);
}

std::optional<Json> CardFields::need(std::string_view key) {
    auto value = find(key);
    if (!value) refuse(key, "is missing");
    return value;
}

std::string CardFields::text(std::string_view key, Form form, std::string_view form_in_words) {
    const auto value = need(key);
    if (!value) return {};
    const auto text = value->as_text();
    if (text && contract::matches(form, *text)) return std::string(*text);
    refuse(key, fmt::format("must be {}", form_in_words));
    return {};
}

std::int64_t CardFields::number(std::string_view key, std::int64_t least, std::int64_t most) {
    const auto value = need(key);
    if (!value) return least;
    const auto number = value->as_integer();
    if (number && *number >= least && *number <= most) return *number;
    refuse(key, fmt::format("must be a whole number from {} to {}", least, most));
    return least;
}

std::vector<Json> CardFields::list(std::string_view key, std::size_t most) {
    const auto value = need(key);
    if (!value) return {};
    auto items = value->items();
    if (!items.empty() && items.size() <= most) return items;
    refuse(key, fmt::format("must be a list of 1 to {}", most));
    return {};
}

std::int64_t CardFields::quantity(std::string_view key, std::int64_t least) {
    if (!need(key)) return least;
    return quantity_if_any(key, least).value_or(least);
}

std::optional<std::int64_t> CardFields::quantity_if_any(std::string_view key, std::int64_t least) {
    const auto value = find(key);
    if (!value) return std::nullopt;
    const auto text = value->as_text();
    std::int64_t number = -1;
    if (text && contract::matches(Form::quantity, *text)) {
        const auto [end, error] =
            std::from_chars(text->data(), text->data() + text->size(), number);
        if (error == std::errc() && number >= least) return number;
    }
    refuse(key, fmt::format("must be a whole number of at least {} and of 64 bits, as a text in "
                            "decimal, such as \"{}\"",
                            least, std::max<std::int64_t>(least, 60000)));
    return std::nullopt;
}

Int128 CardFields::amount(std::string_view key, int digits_max) {
    const auto value = need(key);
    if (!value) return 0;
    const auto text = value->as_text();
    const auto number = text ? parse_int128(*text) : std::nullopt;
    if (number && *number >= 0 && text->size() <= static_cast<std::size_t>(digits_max))
        return *number;
    refuse(key, fmt::format("must be nano-units, at least 0 and of at most {} digits, as a text in "
                            "decimal, such as \"20000000\"",
                            digits_max));
    return 0;
}

Int128 CardFields::amount_if_any(std::string_view key) {
    return find(key) ? amount(key, amount_digits_max) : 0;
}

void CardFields::refuse(std::string_view key, std::string_view what) {
    fault_.add(at(key), what);
}

std::string CardFields::at(std::string_view key) const {
    std::string step;
    contract::prepend_step(step, key);
    return pointer_ + step;
}

}  // namespace lifeline::pricing
