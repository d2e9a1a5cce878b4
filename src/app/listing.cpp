#include "app/listing.h"

#include <algorithm>
#include <cstdio>

#include "base/check.h"
#include "contract/json_writer.h"
#include "explain/line_text.h"

namespace lifeline::app {

namespace {

// In characters rather than bytes, so that names with accents do not bend the table.
std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace

void Listing::row(std::vector<std::string> cells) {
    CHECK(cells.size() == columns_.size());
    auto& row = rows_.emplace_back();
    for (std::string& cell : cells) row.push_back({.text = std::move(cell)});
}

void Listing::row_of(const contract::Json& object) {
    auto& row = rows_.emplace_back();
    for (const Column& column : columns_) {
        const auto member = object.find(column.key);
        const auto number = member ? member->as_integer() : std::nullopt;
        if (number)
            row.push_back({.text = std::to_string(*number), .number = true});
        else
            row.push_back({.text = std::string(object.text(column.key).value_or(""))});
    }
}

void Listing::print(Output output, std::string_view name) const {
    std::string text;
    if (output == Output::table) {
        text = table();
    } else {
        contract::JsonWriter json;
        json.object().key(name).array();
        for (const auto& row : rows_) json.raw(row_json(row));
        json.end().end();
        text = json.take() + "\n";
    }
    std::fwrite(text.data(), 1, text.size(), stdout);
}

std::string Listing::object_json() const {
    CHECK(rows_.size() == 1);
    return row_json(rows_.front());
}

std::string Listing::row_json(const std::vector<Cell>& cells) const {
    contract::JsonWriter json;
    json.object();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const auto& [text, number] = cells[i];
        if (text.empty()) continue;
        json.key(columns_[i].key);
        if (number)
            json.raw(text);
        else
            json.value(text);
    }
    json.end();
    return json.take();
}

std::string Listing::table() const {
    std::vector<std::vector<std::string>> lines(1);
    for (const Column& column : columns_) lines.front().emplace_back(column.heading);
    for (const auto& row : rows_) {
        auto& line = lines.emplace_back();
        for (const auto& [text, number] : row)
            line.push_back(text.empty() ? "-" : explain::line_text(text));
    }
    std::vector<std::size_t> widths(columns_.size());
    for (const auto& line : lines)
        for (std::size_t i = 0; i < line.size(); ++i)
            widths[i] = std::max(widths[i], width(line[i]));
    std::string out;
    for (const auto& line : lines) {
        for (std::size_t i = 0; i < line.size(); ++i) {
            out += line[i];
            if (i + 1 < line.size()) out.append(widths[i] - width(line[i]) + 2, ' ');
        }
        out += '\n';
    }
    return out;
}

}  // namespace lifeline::app
