#include "contract/tokens.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <bit>

#include "base/check.h"
#include "contract/reason.h"

namespace lifeline::contract {

struct Tokens::Parser {
    std::unique_ptr<simdjson::internal::dom_parser_implementation> stage;
    std::size_t capacity = 0;

    // Grows to what the largest text so far needed, and never shrinks: texts are bounded by limits.
    // It costs several times the text, so one that lives for a single small text stays small.
    bool reserve(std::size_t bytes) {
        if (stage && bytes <= capacity) return true;
        capacity = std::bit_ceil(std::max<std::size_t>(bytes, 512));
        return simdjson::get_active_implementation()->create_dom_parser_implementation(
                   capacity, simdjson::DEFAULT_MAX_DEPTH, stage) == simdjson::SUCCESS;
    }
};

Tokens::Tokens() : parser_(std::make_unique<Parser>()) {}
Tokens::~Tokens() = default;

Status Tokens::index(std::string_view text) {
    text_ = text;
    bytes_ = text.data();
    count_ = 0;
    if (text.empty()) return refuse(reason::json_invalid, "the text is empty");
    CHECK(text.size() < 0xffff'0000U && parser_->reserve(text.size()));

    const auto error = parser_->stage->stage1(reinterpret_cast<const std::uint8_t*>(text.data()),
                                              text.size(), simdjson::stage1_mode::regular);
    if (error == simdjson::UTF8_ERROR) return refuse(reason::utf8_invalid);
    if (error != simdjson::SUCCESS) {
        return refuse(reason::json_invalid, simdjson::error_message(error));
    }
    starts_ = parser_->stage->structural_indexes.get();
    count_ = parser_->stage->n_structural_indexes;
    size_ = static_cast<std::uint32_t>(text.size());
    return {};
}

std::uint32_t Tokens::skip(std::uint32_t token) const {
    static constexpr auto steps = [] {
        std::array<std::int8_t, 256> table{};
        table['{'] = table['['] = 1;
        table['}'] = table[']'] = -1;
        return table;
    }();
    std::int32_t depth = 0;
    do {
        depth += steps[static_cast<unsigned char>(kind(token))];
        ++token;
    } while (depth > 0 && token < count_);
    return token;
}

// Before a token of sound JSON stands either another one, which ends in no space, or space.
bool Tokens::spaced(std::uint32_t from, std::uint32_t to) const {
    bool any = false;
    for (std::uint32_t token = from + 1; token < to; ++token) {
        any |= static_cast<unsigned char>(bytes_[starts_[token] - 1]) <= ' ';
    }
    return any;
}

void Tokens::append_minified(std::string& out, std::uint32_t from, std::uint32_t to) const {
    for (std::uint32_t token = from; token < to; ++token) out += raw(token);
}

}  // namespace lifeline::contract
