#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "contract/canonical.h"
#include "contract/json_writer.h"
#include "contract/reason.h"
#include "pricing/card.h"
#include "pricing/card_fields.h"
#include "pricing/currency.h"

namespace lifeline::pricing {

namespace {

using contract::Form;
using contract::Json;

constexpr std::size_t items_max = 256;
constexpr std::size_t tiers_max = 16;
constexpr std::int64_t version_max = 1'000'000'000;
constexpr std::string_view a_word =
    "1 to 64 letters, digits and _.:/-, beginning with a letter or a digit";

std::vector<Tier> read_tiers(CardFields& item, CardFault& fault) {
    std::vector<Tier> tiers;
    const auto list = item.list("tiers", tiers_max);
    for (std::size_t i = 0; i < list.size(); ++i) {
        CardFields fields(list[i], fmt::format("{}/{}", item.at("tiers"), i), fault);
        Tier tier{.up_to = fields.quantity_if_any("upTo", 1),
                  .unit_nano = fields.amount("unitNano", unit_nano_digits_max)};
        const bool last = i + 1 == list.size();
        if (last && tier.up_to)
            fields.refuse("upTo", "must not stand in the last tier, which is for all that is left");
        if (!last && !tier.up_to)
            fields.refuse("upTo", "is missing: only the last tier is for all that is left");
        if (!tiers.empty() && tier.up_to && tiers.back().up_to &&
            *tier.up_to <= *tiers.back().up_to)
            fields.refuse("upTo", fmt::format("must be more than the {} of the tier before",
                                              *tiers.back().up_to));
        tiers.push_back(tier);
    }
    return tiers;
}

Words read_match(CardFields& item, CardFault& fault) {
    Words match;
    const auto json = item.find("match");
    if (!json) return match;
    if (!json->is_object()) item.refuse("match", "must be an object of words");
    CardFields fields(*json, item.at("match"), fault);
    for (const auto& member : json->members())
        match.emplace(member.key, fields.text(member.key, Form::word, a_word));
    return match;
}

// Whether whatever fits `later` fits `earlier`, which comes first and takes it.
bool takes_all(const Item& earlier, const Item& later) {
    return earlier.meter == later.meter && std::ranges::includes(later.match, earlier.match);
}

Item read_item(const Json& json, const std::string& pointer, const std::vector<Item>& before,
               CardFault& fault) {
    CardFields fields(json, pointer, fault);
    Item item{
        .name = fields.text("item", Form::word, a_word),
        .meter = fields.text("meter", Form::id, "the name of a meter, such as call.duration_ms"),
        .match = read_match(fields, fault),
        .per = fields.quantity("per", 1),
        .included = fields.quantity_if_any("included", 0).value_or(0),
        .minimum_nano = fields.amount_if_any("minimumNano"),
        .tiers = read_tiers(fields, fault)};
    if (std::ranges::find(before, item.name, &Item::name) != before.end())
        fields.refuse("item", "is the name of an item before it; charges could not be told apart");
    const auto taker =
        std::ranges::find_if(before, [&](const Item& one) { return takes_all(one, item); });
    if (taker != before.end())
        fault.add(pointer,
                  fmt::format("can never price anything: {}, which stands before it, takes "
                              "all of it; put the one with more words in `match` first",
                              taker->name));
    return item;
}

std::string read_currency(CardFields& fields) {
    auto currency = fields.text("currency", Form::currency, "a code of ISO 4217, such as EUR");
    if (!currency.empty() && !minor_digits(currency))
        fields.refuse(
            "currency",
            fmt::format("{} is no currency that Lifeline knows the smallest unit of; charge "
                        "in another, or have it added to src/pricing/currency.cpp",
                        currency));
    return currency;
}

Window read_begin(CardFields& fields) {
    constexpr std::string_view an_hour = "an hour of UTC, such as 2026-02-16T10:00Z";
    const auto text = fields.text("effectiveFrom", Form::window, an_hour);
    const auto window = parse_window(text);
    if (!text.empty() && !window)
        fields.refuse("effectiveFrom", "names a day that the calendar does not have");
    return window.value_or(Window{});
}

// All members but those that say something about the card and are none of it.
std::string content_of(const Json& json) {
    contract::JsonWriter writer;
    writer.object();
    for (const auto& member : json.members())
        if (member.key != "sha256" && member.key != "by")
            writer.key(member.key).raw(contract::canonical_json(member.value));
    writer.end();
    return contract::canonical_json(writer.take());
}

void read_digest(CardFields& fields, const std::string& sha256) {
    fields.find("by");
    const auto given = fields.find("sha256");
    if (given && given->as_text() != sha256)
        fields.refuse("sha256", fmt::format("is not that of this card, which is {}", sha256));
}

CardKind read_kind(CardFields& fields) {
    const auto kind = fields.text("kind", Form::word, "\"price\" or \"cost\"");
    if (!kind.empty() && kind != "price" && kind != "cost")
        fields.refuse("kind", "must be \"price\" or \"cost\"");
    return kind == "cost" ? CardKind::cost : CardKind::price;
}

}  // namespace

Result<Card> parse_card(std::string_view text) {
    const auto json = Json::parse(text);
    if (!json) return fail(json.error());
    CardFault fault;
    Card card;
    {
        CardFields fields(*json, "", fault);
        card.name = fields.text("card", Form::word, a_word);
        card.version = static_cast<std::uint32_t>(fields.number("version", 1, version_max));
        card.kind = read_kind(fields);
        card.currency = read_currency(fields);
        card.effective_from = read_begin(fields);
        const auto items = fields.list("items", items_max);
        for (std::size_t i = 0; i < items.size(); ++i)
            card.items.push_back(
                read_item(items[i], fmt::format("/items/{}", i), card.items, fault));
        card.json = content_of(*json);
        card.sha256 = to_hex(sha256(card.json));
        read_digest(fields, card.sha256);
    }
    if (!fault.status()) return fail(fault.status().error());
    return card;
}

}  // namespace lifeline::pricing
