#include "app/toml_json.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <cmath>
#include <fstream>
#include <iterator>

#include "contract/json.h"
#include "contract/json_pointer.h"
#include "contract/json_writer.h"

namespace lifeline::app {

namespace {

constexpr std::size_t document_bytes_max = 1'048'576;

bool write(const toml::node& node, contract::JsonWriter& json, const toml::node*& wrong) {
    if (const auto* table = node.as_table()) {
        json.object();
        for (const auto& [key, inner] : *table) {
            json.key(key.str());
            if (!write(inner, json, wrong)) return false;
        }
        json.end();
    } else if (const auto* array = node.as_array()) {
        json.array();
        for (const auto& inner : *array)
            if (!write(inner, json, wrong)) return false;
        json.end();
    } else if (const auto text = node.value_exact<std::string>()) {
        json.value(*text);
    } else if (const auto whole = node.value_exact<std::int64_t>()) {
        json.value(*whole);
    } else if (const auto yes = node.value_exact<bool>()) {
        json.value(*yes);
    } else if (const auto number = node.value_exact<double>(); number && std::isfinite(*number)) {
        json.value(*number);
    } else {
        wrong = &node;
        return false;
    }
    return true;
}

std::unexpected<Error> wrong_file(const std::filesystem::path& file, std::string_view what) {
    return fail(Code::malformed, "config_invalid", fmt::format("{}: {}", file.string(), what));
}

}  // namespace

Result<std::string> as_json(const toml::node& node) {
    contract::JsonWriter json;
    const toml::node* wrong = nullptr;
    if (write(node, json, wrong)) return json.take();
    return fail(Code::malformed, "config_invalid",
                fmt::format("line {}: must be a text, a number, true, false, a list or a table",
                            wrong->source().begin.line));
}

std::uint32_t line_at(const toml::node& node, std::string_view pointer) {
    const auto steps = contract::pointer_steps(pointer);
    const toml::node* at = &node;
    std::uint32_t line = node.source().begin.line;
    for (const auto& step : steps.value_or(std::vector<std::string>())) {
        if (const auto* table = at->as_table()) {
            const auto found = table->find(step);
            if (found == table->end()) break;
            at = &found->second;
            // A table's own line is that of its heading, which its first key may be, too.
            line = found->first.source().begin.line;
        } else if (const auto* array = at->as_array()) {
            std::size_t position = 0;
            for (const char c : step) position = position * 10 + static_cast<std::size_t>(c - '0');
            if (position >= array->size()) break;
            at = array->get(position);
            line = at->source().begin.line;
        } else {
            break;
        }
    }
    return line;
}

Result<Document> Document::read(const std::filesystem::path& file) {
    auto text = read_text_file(file, document_bytes_max);
    if (!text) return fail(text.error());
    Document document;
    document.file_ = file;
    if (file.extension() == ".json") {
        document.json_ = *std::move(text);
        return document;
    }
    try {
        const toml::table table = toml::parse(*text);
        auto json = as_json(table);
        if (!json) return wrong_file(file, json.error().detail);
        document.json_ = *std::move(json);
    } catch (const toml::parse_error& error) {
        return wrong_file(
            file, fmt::format("line {}: {}", error.source().begin.line, error.description()));
    }
    document.text_ = *std::move(text);
    return document;
}

Error Document::explained(const Error& error) const {
    Error out = error;
    if (text_.empty()) {
        out.detail = fmt::format("{}: {}: {}", file_.string(), error.pointer, error.detail);
        return out;
    }
    const auto line = line_at(toml::parse(text_), error.pointer);
    out.detail = line == 0 ? fmt::format("{}: {}", file_.string(), error.detail)
                           : fmt::format("{}: line {}: {}", file_.string(), line, error.detail);
    return out;
}

Result<std::string> read_text_file(const std::filesystem::path& file, std::size_t bytes_max) {
    std::ifstream in(file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (!in.good() && !in.eof()) return wrong_file(file, "cannot be read");
    if (text.size() > bytes_max)
        return wrong_file(file, fmt::format("has more than {} bytes", bytes_max));
    return text;
}

}  // namespace lifeline::app
