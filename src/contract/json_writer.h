#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace lifeline::contract {

// `text` as a JSON string with its quotes, escaped only where JSON asks for it. `text` is UTF-8.
void append_json_string(std::string& out, std::string_view text);

// Writes JSON without spaces, in order, and puts the commas. Whether the calls make sense together
// is the caller's: json.object().key("seq").value(3).end().
class JsonWriter {
public:
    JsonWriter() : out_(own_) {}
    explicit JsonWriter(std::string& out) : out_(out) {}
    JsonWriter(const JsonWriter&) = delete;
    JsonWriter& operator=(const JsonWriter&) = delete;

    JsonWriter& object() { return open('{', '}'); }
    JsonWriter& array() { return open('[', ']'); }
    JsonWriter& end();
    JsonWriter& key(std::string_view name);

    JsonWriter& value(std::string_view text);
    JsonWriter& value(const char* text) { return value(std::string_view(text)); }
    template <std::integral T>
    JsonWriter& value(T number) {
        if constexpr (std::same_as<T, bool>) return raw(number ? "true" : "false");
        return raw(std::to_string(number));
    }
    JsonWriter& value(double number);
    JsonWriter& null() { return raw("null"); }
    // JSON that is right already.
    JsonWriter& raw(std::string_view json);

    // The text, when it was not given from outside.
    std::string take() { return std::move(own_); }

private:
    JsonWriter& open(char begin, char end);
    void comma();

    std::string own_;
    std::string& out_;
    std::string ends_;  // the brackets to close, innermost last
    bool first_ = true;
};

}  // namespace lifeline::contract
