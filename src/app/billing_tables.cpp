#include "app/billing_tables.h"

#include <fmt/format.h>

#include "pricing/currency.h"
#include "pricing/decimal_text.h"
#include "pricing/int128.h"

namespace lifeline::app {

namespace {

using contract::Json;

std::string text_in(const Json& json, std::string_view key) {
    return std::string(json.text(key).value_or(""));
}

std::string number_in(const Json& json, std::string_view key) {
    const auto value = json.find(key);
    const auto number = value ? value->as_integer() : std::nullopt;
    return number ? std::to_string(*number) : std::string();
}

std::string money(std::string_view nano) {
    const auto amount = pricing::parse_int128(nano);
    return amount ? pricing::nano_text(*amount, 2) : std::string();
}

std::string money_in(const Json& json, std::string_view key) {
    return money(json.text(key).value_or(""));
}

std::string minor(const Json& json, std::string_view key, std::string_view currency) {
    const auto amount = pricing::parse_int128(json.text(key).value_or(""));
    return amount ? pricing::minor_text(*amount, pricing::minor_digits(currency).value_or(2))
                  : std::string();
}

}  // namespace

Listing usage_table() {
    return Listing({{"HOUR", "window"},
                    {"CALL", "sessionId"},
                    {"METER", "meter"},
                    {"QUANTITY", "quantity"},
                    {"UNIT", "unit"},
                    {"CLASS", "class"},
                    {"RECORD", "recordId"}});
}

std::vector<std::string> usage_cells(const Json& row) {
    const auto record = row.find("record");
    if (!record) return std::vector<std::string>(7);
    std::vector<std::string> cells;
    for (const char* key :
         {"window", "sessionId", "meter", "quantity", "unit", "class", "recordId"})
        cells.push_back(text_in(*record, key));
    return cells;
}

Listing charges_table() {
    return Listing({{"HOUR", "window"},
                    {"WHAT", "kind"},
                    {"ITEM", "item"},
                    {"QUANTITY", "quantity"},
                    {"AMOUNT", "amount"},
                    {"CURRENCY", "currency"},
                    {"CARD", "card"},
                    {"ID", "id"}});
}

std::vector<std::string> charge_cells(const Json& row) {
    const auto entry = row.find("entry");
    if (!entry) return std::vector<std::string>(8);
    const bool charge = row.text("type") == "billing.usage.recorded";
    std::string card = text_in(*entry, "card");
    if (!card.empty()) card += " " + number_in(*entry, "cardVersion");
    return {text_in(*entry, charge ? "window" : "serviceWindow"),
            charge ? "charge" : text_in(*entry, "kind"),
            text_in(*entry, "item"),
            text_in(*entry, charge ? "quantity" : "quantityDelta"),
            money_in(*entry, charge ? "amount" : "amountDelta"),
            text_in(*entry, "currency"),
            std::move(card),
            text_in(*entry, charge ? "idempotencyKey" : "adjustmentId")};
}

Listing margin_table() {
    return Listing({{"HOUR", "window"},
                    {"ITEM", "item"},
                    {"QUANTITY", "quantity"},
                    {"INCOME", "income"},
                    {"COST", "cost"},
                    {"MARGIN", "margin"}});
}

std::vector<std::string> margin_cells(const Json& row) {
    return {text_in(row, "window"),  text_in(row, "item"),  text_in(row, "quantity"),
            money_in(row, "income"), money_in(row, "cost"), money_in(row, "margin")};
}

std::string margin_sum(const Json& margin) {
    const std::string cost = money_in(margin, "cost");
    return fmt::format(
        "in all {} {}, {}\n", money_in(margin, "income"), text_in(margin, "currency"),
        cost.empty() ? std::string("the cost of it is not known: no cost card "
                                   "prices all of it (lifeline cards list)")
                     : fmt::format("cost {}, margin {}", cost, money_in(margin, "margin")));
}

std::vector<std::string> card_cells(const Json& listed) {
    const auto card = listed.find("card");
    if (!card) return std::vector<std::string>(6);
    return {text_in(*card, "card"),     number_in(*card, "version"),     text_in(*card, "kind"),
            text_in(*card, "currency"), text_in(*card, "effectiveFrom"), text_in(listed, "sha256")};
}

std::string card_text(const Json& card) {
    std::string out = fmt::format("{} version {}, {} in {}, from {} on\n", text_in(card, "card"),
                                  number_in(card, "version"), text_in(card, "kind"),
                                  text_in(card, "currency"), text_in(card, "effectiveFrom"));
    Listing table({{"ITEM", "item"},
                   {"METER", "meter"},
                   {"UP TO", "upTo"},
                   {"PRICE", "unitNano"},
                   {"PER", "per"},
                   {"INCLUDED", "included"},
                   {"AT LEAST", "minimumNano"}});
    if (const auto items = card.find("items"))
        for (const Json& item : items->items())
            if (const auto tiers = item.find("tiers"))
                for (const Json& tier : tiers->items())
                    table.row({text_in(item, "item"), text_in(item, "meter"), text_in(tier, "upTo"),
                               money_in(tier, "unitNano"), text_in(item, "per"),
                               text_in(item, "included"), money_in(item, "minimumNano")});
    return out + table.table();
}

std::string statement_text(const Json& statement) {
    const std::string currency = text_in(statement, "currency");
    Listing table({{"LINE", "kind"},
                   {"ITEM", "item"},
                   {"QUANTITY", "quantity"},
                   {"EXACT", "amount"},
                   {"PAID", "settledMinor"},
                   {"LEADS TO", "charge"}});
    if (const auto lines = statement.find("lines"))
        for (const Json& line : lines->items()) {
            std::string leads;
            if (const auto charges = line.find("charges"); charges && !charges->items().empty()) {
                const auto all = charges->items();
                leads = text_in(all.front(), "idempotencyKey");
                if (all.size() > 1) leads += fmt::format(" and {} more", all.size() - 1);
            } else {
                leads = text_in(line, "adjustmentId");
            }
            table.row({text_in(line, "kind"), text_in(line, "item"), text_in(line, "quantity"),
                       money_in(line, "amount"), minor(line, "settledMinor", currency), leads});
        }
    std::string out = fmt::format("{}, {}\n{}total {} {}\n", text_in(statement, "accountId"),
                                  text_in(statement, "period"), table.table(),
                                  minor(statement, "totalMinor", currency), currency);
    if (const auto rest = statement.find("unpriced"))
        for (const Json& one : rest->items())
            out += fmt::format("not priced: {} {} of {}\n", text_in(one, "quantity"),
                               text_in(one, "unit"), text_in(one, "meter"));
    return out;
}

std::string trace_text(const Json& trace) {
    Listing charge = charges_table();
    charge.row(charge_cells(trace));
    std::string out = charge.table();
    Listing records({{"RECORD", "recordId"},
                     {"CALL", "sessionId"},
                     {"SEQ", "seq"},
                     {"QUANTITY", "quantity"},
                     {"FOLLOWS FROM", "evidence"}});
    if (const auto all = trace.find("records"))
        for (const Json& row : all->items()) {
            const auto record = row.find("record");
            if (!record) continue;
            const auto evidence = record->find("evidence");
            records.row({text_in(*record, "recordId"), text_in(*record, "sessionId"),
                         number_in(row, "seq"), text_in(*record, "quantity"),
                         evidence ? fmt::format("events {} to {} of the call",
                                                number_in(*evidence, "seqFirst"),
                                                number_in(*evidence, "seqLast"))
                                  : std::string()});
        }
    out += "\n" + records.table();
    Listing adjustments({{"ADJUSTMENT", "adjustmentId"},
                         {"KIND", "kind"},
                         {"QUANTITY", "quantityDelta"},
                         {"AMOUNT", "amountDelta"},
                         {"CAUSE", "cause"}});
    bool any = false;
    if (const auto all = trace.find("adjustments"))
        for (const Json& one : all->items()) {
            any = true;
            adjustments.row({text_in(one, "adjustmentId"), text_in(one, "kind"),
                             text_in(one, "quantityDelta"), money_in(one, "amountDelta"),
                             text_in(one, "cause")});
        }
    if (any) out += "\n" + adjustments.table();
    Listing deliveries({{"SINK", "sink"},
                        {"STATE", "state"},
                        {"ATTEMPTS", "attempts"},
                        {"DEAD LETTER", "deadLetterId"}});
    any = false;
    if (const auto all = trace.find("deliveries"))
        for (const Json& one : all->items()) {
            any = true;
            deliveries.row({text_in(one, "sink"), text_in(one, "state"), number_in(one, "attempts"),
                            text_in(one, "deadLetterId")});
        }
    if (any) out += "\n" + deliveries.table();
    return out;
}

}  // namespace lifeline::app
