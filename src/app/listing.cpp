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
    rows_.push_back(std::move(cells));
}

void Listing::row_of(const contract::Json& object) {
    std::vector<std::string> cells;
    for (const Column& column : columns_)
        cells.emplace_back(object.text(column.key).value_or(std::string_view()));
    row(std::move(cells));
}

void Listing::print(Output output, std::string_view name) const {
    std::string text;
    if (output == Output::table) {
        text = table();
    } else {
        contract::JsonWriter json;
        json.object().key(name).array();
        for (const auto& row : rows_) {
            Listing one(columns_);
            one.row(row);
            json.raw(one.object_json());
        }
        json.end().end();
        text = json.take() + "\n";
    }
    std::fwrite(text.data(), 1, text.size(), stdout);
}

std::string Listing::object_json() const {
    CHECK(rows_.size() == 1);
    contract::JsonWriter json;
    json.object();
    for (std::size_t i = 0; i < columns_.size(); ++i)
        if (!rows_.front()[i].empty()) json.key(columns_[i].key).value(rows_.front()[i]);
    json.end();
    return json.take();
}

std::string Listing::table() const {
    std::vector<std::vector<std::string>> lines(1);
    for (const Column& column : columns_) lines.front().emplace_back(column.heading);
    for (const auto& row : rows_) {
        auto& line = lines.emplace_back();
        for (const auto& cell : row) line.push_back(cell.empty() ? "-" : explain::line_text(cell));
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
