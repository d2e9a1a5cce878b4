#include "app/statement_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "contract/canonical.h"
#include "contract/json.h"
#include "contract/json_writer.h"

namespace lifeline::app {

namespace {

constexpr std::array<std::string_view, 5> known = {"window", "item", "quantity", "amount",
                                                   "currency"};
constexpr std::size_t needed = 3;

std::unexpected<Error> unreadable(std::size_t line, std::string_view what) {
    return fail(Code::malformed, "bad_format", fmt::format("line {}: {}", line, what));
}

// One line of RFC 4180; a quoted field may hold what it likes but a line feed.
std::optional<std::vector<std::string>> fields_of(std::string_view line) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"') {
            fields.back() += line[++i];
        } else if (c == '"' && (quoted || fields.back().empty())) {
            quoted = !quoted;
        } else if (c == ',' && !quoted) {
            fields.emplace_back();
        } else {
            fields.back() += c;
        }
    }
    if (quoted) return std::nullopt;
    return fields;
}

std::string_view next_line(std::string_view& rest) {
    const auto end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

Result<std::vector<std::string>> rows_of_csv(std::string_view rest) {
    std::vector<std::string> rows;
    std::array<std::optional<std::size_t>, known.size()> column;
    std::size_t number = 1;
    const auto head = fields_of(next_line(rest));
    if (!head) return unreadable(number, "a quote is not closed");
    for (std::size_t i = 0; i < known.size(); ++i) {
        const auto at = std::ranges::find(*head, known[i]);
        if (at != head->end()) column[i] = static_cast<std::size_t>(at - head->begin());
        if (i < needed && !column[i])
            return unreadable(number, fmt::format("there is no column {}", known[i]));
    }
    while (!rest.empty()) {
        ++number;
        const std::string_view line = next_line(rest);
        if (line.empty()) continue;
        const auto fields = fields_of(line);
        if (!fields) return unreadable(number, "a quote is not closed");
        if (fields->size() != head->size())
            return unreadable(number, fmt::format("{} fields, and the first line names {}",
                                                  fields->size(), head->size()));
        contract::JsonWriter json;
        json.object();
        for (std::size_t i = 0; i < known.size(); ++i)
            if (column[i] && !(*fields)[*column[i]].empty())
                json.key(known[i]).value((*fields)[*column[i]]);
        json.end();
        rows.push_back(json.take());
    }
    return rows;
}

}  // namespace

Result<std::vector<std::string>> statement_rows(std::string_view bytes) {
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);  // A spreadsheet's mark.
    const auto first = bytes.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || (bytes[first] != '[' && bytes[first] != '{'))
        return rows_of_csv(bytes);
    const auto json = contract::Json::parse(bytes);
    if (!json) return fail(json.error());
    const auto list = json->is_array() ? std::optional(*json) : json->find("rows");
    if (!list || !list->is_array())
        return fail(Code::malformed, "bad_format", R"(not [...], and not {"rows": [...]})");
    std::vector<std::string> rows;
    for (const auto& row : list->items()) rows.push_back(contract::canonical_json(row));
    return rows;
}

}  // namespace lifeline::app
