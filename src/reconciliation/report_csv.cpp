#include <array>

#include "contract/json.h"
#include "reconciliation/report.h"

namespace lifeline::reconciliation {

namespace {

constexpr std::array columns = std::to_array<std::string_view>({"window",
                                                                "account",
                                                                "item",
                                                                "meter",
                                                                "card",
                                                                "currency",
                                                                "sink",
                                                                "group",
                                                                "class",
                                                                "layer",
                                                                "counted",
                                                                "measured",
                                                                "booked",
                                                                "expectedQuantity",
                                                                "recordedQuantity",
                                                                "quantityDelta",
                                                                "expectedAmount",
                                                                "recordedAmount",
                                                                "amountDelta",
                                                                "findingId"});

// A cell that begins like a formula is one to a spreadsheet; behind an apostrophe it is a text.
// Numbers were made here and may begin with a minus.
bool is_harmless(std::string_view text) {
    if (text.empty()) return true;
    if (text.find_first_not_of("0123456789", text.front() == '-' ? 1 : 0) == text.npos)
        return text != "-";
    const char c = text.front();
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

void add_cell(std::string& out, std::string_view text) {
    out += '"';
    if (!is_harmless(text)) out += '\'';
    for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    out += '"';
}

std::string names_in(const contract::Json& row, std::string_view list) {
    std::string out;
    const auto names = row.find(list);
    if (!names) return out;
    for (const auto& name : names->items())
        out.append(out.empty() ? "" : " ").append(name.as_text().value_or(""));
    return out;
}

}  // namespace

Result<std::string> report_csv(std::string_view report_json) {
    const auto json = contract::Json::parse(report_json);
    if (!json) return fail(json.error());
    std::string out;
    for (const auto column : columns) out.append(out.empty() ? "" : ",").append(column);
    out += ",action,meaning,fix,calls,ids\r\n";
    const auto rows = json->find("rows");
    if (!rows) return out;
    for (const auto& row : rows->items()) {
        const auto proposal = row.find("proposal");
        for (const auto column : columns) {
            add_cell(out, row.text(column).value_or(""));
            out += ',';
        }
        for (const auto* word : {"action", "meaning", "fix"}) {
            add_cell(out, proposal ? proposal->text(word).value_or("") : "");
            out += ',';
        }
        add_cell(out, names_in(row, "calls"));
        out += ',';
        add_cell(out, names_in(row, "ids"));
        out += "\r\n";
    }
    return out;
}

}  // namespace lifeline::reconciliation
