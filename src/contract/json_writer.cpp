#include "contract/json_writer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "contract/canonical.h"

namespace lifeline::contract {

namespace {

void append_escaped(std::string& out, char c) {
    constexpr std::string_view letters = "\"\"\\\\\nn\rr\tt\bb\ff";
    for (std::size_t i = 0; i < letters.size(); i += 2) {
        if (letters[i] != c) continue;
        out += '\\';
        out += letters[i + 1];
        return;
    }
    out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
}

bool needs_escape(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    for (;;) {
        const auto plain =
            static_cast<std::size_t>(std::ranges::find_if(text, needs_escape) - text.begin());
        out += text.substr(0, plain);
        if (plain == text.size()) break;
        append_escaped(out, text[plain]);
        text.remove_prefix(plain + 1);
    }
    out += '"';
}

void JsonWriter::comma() {
    if (!first_) out_ += ',';
    first_ = false;
}

JsonWriter& JsonWriter::open(char begin, char end) {
    comma();
    out_ += begin;
    ends_ += end;
    first_ = true;
    return *this;
}

JsonWriter& JsonWriter::end() {
    CHECK(!ends_.empty());
    out_ += ends_.back();
    ends_.pop_back();
    first_ = false;
    return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
    comma();
    append_json_string(out_, name);
    out_ += ':';
    first_ = true;
    return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
    comma();
    append_json_string(out_, text);
    return *this;
}

JsonWriter& JsonWriter::value(double number) {
    return raw(canonical_number(number));
}

JsonWriter& JsonWriter::raw(std::string_view json) {
    comma();
    out_ += json;
    return *this;
}

}  // namespace lifeline::contract
