#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "contract/json.h"
#include "pricing/decimal_text.h"
#include "reconciliation/report.h"

namespace lifeline::reconciliation {

namespace {

using contract::Json;

std::string_view text_in(const Json& json, std::string_view name) {
    return json.text(name).value_or("");
}

std::int64_t number_in(const Json& json, std::string_view name) {
    const auto found = json.find(name);
    return found ? found->as_integer().value_or(0) : 0;
}

std::string amount_in(const Json& row, std::string_view name) {
    const auto amount = pricing::parse_int128(text_in(row, name));
    if (!amount) return "";
    return pricing::nano_text(*amount) + " " + std::string(text_in(row, "currency"));
}

// Names are our own words and ids; whatever else is in one shows as what it is.
std::string plain(std::string_view text) {
    std::string out;
    for (const char c : text) out += c < 0x20 || c == 0x7F ? '?' : c;
    return out;
}

std::vector<std::string> cells_of(const Json& row) {
    const auto item = text_in(row, "item");
    std::string where = plain(item.empty() ? text_in(row, "meter") : item);
    if (item.empty()) where += " (unpriced)";
    if (const auto sink = text_in(row, "sink"); !sink.empty()) where += " at " + plain(sink);
    return {std::string(text_in(row, "window")),
            plain(text_in(row, "account")),
            where,
            std::string(text_in(row, "class")),
            std::string(text_in(row, "layer")),
            std::string(text_in(row, "expectedQuantity")),
            std::string(text_in(row, "recordedQuantity")),
            std::string(text_in(row, "quantityDelta")),
            amount_in(row, "amountDelta")};
}

// The first of them: calls, then records and charges; the rest is in the report.
std::string names_of(const Json& row) {
    constexpr std::size_t shown = 4;
    std::string out;
    std::size_t all = 0;
    for (const auto* list : {"calls", "ids"}) {
        const auto names = row.find(list);
        if (!names) continue;
        for (const Json& name : names->items())
            if (++all <= shown)
                out.append(out.empty() ? "" : ", ").append(plain(name.as_text().value_or("")));
    }
    if (all > shown) out += fmt::format(" and {} more", all - shown);
    return out;
}

constexpr std::array headings = std::to_array<std::string_view>(
    {"HOUR", "ACCOUNT", "ITEM", "CLASS", "LAYER", "EXPECTED", "FOUND", "DIFFERENCE", "AMOUNT"});

// A table, and below it what is behind each row, and what each row means and what mends it, once
// for all rows of which that is the same.
void add_table(std::string& out, const std::vector<Json>& rows, bool explain) {
    std::vector<std::vector<std::string>> lines;
    lines.emplace_back(headings.begin(), headings.end());
    std::vector<std::string> meanings;
    std::string named;
    for (const Json& row : rows) {
        lines.push_back(cells_of(row));
        if (const std::string names = explain ? names_of(row) : ""; !names.empty())
            named += fmt::format("  {} {}: {}\n", lines.back()[0], lines.back()[2], names);
        const auto proposal = row.find("proposal");
        std::string meaning = fmt::format("  {}: {}.\n    -> {}\n", text_in(row, "class"),
                                          proposal ? plain(text_in(*proposal, "meaning")) : "",
                                          proposal ? plain(text_in(*proposal, "fix")) : "");
        if (explain && std::ranges::find(meanings, meaning) == meanings.end())
            meanings.push_back(std::move(meaning));
    }
    std::array<std::size_t, headings.size()> widths{};
    for (const auto& line : lines)
        for (std::size_t i = 0; i < line.size(); ++i)
            widths.at(i) = std::max(widths.at(i), line[i].size());
    for (const auto& line : lines) {
        std::string text = " ";
        for (std::size_t i = 0; i < line.size(); ++i)
            text += i >= 5 ? fmt::format(" {:>{}}", line[i], widths.at(i))
                           : fmt::format(" {:<{}}", line[i], widths.at(i));
        text.erase(text.find_last_not_of(' ') + 1);
        out += text + "\n";
    }
    out += named;
    for (const std::string& meaning : meanings) out += meaning;
}

}  // namespace

Result<std::string> report_text(std::string_view report_json) {
    const auto json = Json::parse(report_json);
    if (!json) return fail(json.error());
    std::string out = fmt::format("Reconciliation {}: {} to {}, up to position {}\n",
                                  plain(text_in(*json, "runId")), text_in(*json, "from"),
                                  text_in(*json, "to"), number_in(*json, "upToPosition"));
    out += fmt::format("{} fine, {} waiting, {} need you\n", number_in(*json, "matched"),
                       number_in(*json, "waiting"), number_in(*json, "findings"));
    const auto found = json->find("rows");
    const std::vector<Json> rows = found ? found->items() : std::vector<Json>();
    for (const auto& [group, title] :
         {std::pair("needs_you", "Needs you"), std::pair("waiting", "Waiting"),
          std::pair("fine", "Fine")}) {
        std::vector<Json> of;
        for (const Json& row : rows)
            if (text_in(row, "group") == group) of.push_back(row);
        if (of.empty()) continue;
        out += fmt::format("\n{} ({})\n", title, of.size());
        add_table(out, of, std::string_view(group) != "fine");
    }
    return out;
}

}  // namespace lifeline::reconciliation
