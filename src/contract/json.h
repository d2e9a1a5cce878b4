#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lifeline::contract {

// JSON to be looked at, for what is not an event: tokens, keys, bodies' inner parts, configuration.
// As strict as the contract is with events: duplicate keys, depth over 32, numbers beyond a double,
// lone surrogates and U+0000 are refused. A handle into a document that lives as long as any of its
// handles; copying is cheap.
class Json {
public:
    enum class Kind : std::uint8_t { null, boolean, number, text, array, object };

    static Result<Json> parse(std::string_view bytes);

    Kind kind() const;
    bool is_object() const { return kind() == Kind::object; }
    bool is_array() const { return kind() == Kind::array; }
    bool is_text() const { return kind() == Kind::text; }

    // Nothing when it is of another kind.
    std::optional<std::string_view> as_text() const;
    std::optional<std::int64_t> as_integer() const;  // whole and within 2^53
    std::optional<double> as_number() const;
    std::optional<bool> as_bool() const;

    // The member of an object, if it is one and has it.
    std::optional<Json> find(std::string_view key) const;
    // The text of a member: what is asked for most. Nothing when it is absent or no text.
    std::optional<std::string_view> text(std::string_view key) const;

    struct Member;
    std::vector<Json> items() const;      // of an array, else none
    std::vector<Member> members() const;  // of an object, else none, in the order of the text

private:
    struct Document;
    Json(std::shared_ptr<const Document> document, std::uint32_t node)
        : document_(std::move(document)), node_(node) {}

    std::shared_ptr<const Document> document_;
    std::uint32_t node_ = 0;
};

struct Json::Member {
    std::string_view key;  // lives as long as the value
    Json value;
};

}  // namespace lifeline::contract
