#include "tools/schema_words.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace lifeline::tools {

namespace {

constexpr std::size_t detail_bytes_max = 320;

constexpr std::pair<std::uint8_t, std::string_view> words[] = {
    {type_object, "an object"}, {type_array, "a list"},       {type_string, "a string"},
    {type_number, "a number"},  {type_integer, "an integer"}, {type_boolean, "true or false"},
    {type_null, "null"}};

}  // namespace

std::string type_words(std::uint8_t types) {
    // What is an integer is a number too, and more exactly said so.
    if ((types & type_integer) != 0) types = static_cast<std::uint8_t>(types & ~type_number);
    std::string out;
    for (const auto& [type, word] : words) {
        if ((types & type) == 0) continue;
        if (!out.empty()) out += " or ";
        out += word;
    }
    return out;
}

std::string out_of(const CountRange& range, std::int64_t count, std::string_view what) {
    if (range.least && count < *range.least)
        return fmt::format("must have at least {} {}, has {}", *range.least, what, count);
    if (range.most && count > *range.most)
        return fmt::format("must have at most {} {}, has {}", *range.most, what, count);
    return {};
}

bool append_word(std::string& list, std::string_view word) {
    if (list.size() > detail_bytes_max) return false;
    if (!list.empty()) list += ", ";
    list += word.substr(0, detail_bytes_max);
    return true;
}

std::string shortened(std::string detail) {
    if (detail.size() <= detail_bytes_max) return detail;
    std::size_t size = detail_bytes_max;
    while (size > 0 && (static_cast<unsigned char>(detail[size]) & 0xC0) == 0x80) --size;
    detail.resize(size);
    return detail + "...";
}

}  // namespace lifeline::tools
