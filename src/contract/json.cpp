#include "contract/json.h"

#include <algorithm>
#include <array>
#include <forward_list>

#include "contract/limits.h"
#include "contract/reason.h"
#include "contract/scalar.h"
#include "contract/tokens.h"

namespace lifeline::contract {

// Nodes in the order of the text; a container's children follow it, linked by `next`.
struct Json::Document {
    static constexpr std::uint32_t none = 0xffff'ffffU;
    struct Node {
        Kind kind = Kind::null;
        bool boolean = false;
        Number number = {};
        std::string_view text = {};
        std::string_view key = {};
        std::uint32_t child = none;
        std::uint32_t next = none;
    };
    std::string bytes;
    std::forward_list<std::string> unescaped;  // Where they are, they stay.
    std::vector<Node> nodes;

    // Nothing, when the value at `token` is no value; then `reason` says why.
    bool add_value(const Tokens& tokens, std::uint32_t& token, int depth);
    bool add_children(const Tokens& tokens, std::uint32_t& token, int depth, std::uint32_t parent);
    bool add_scalar(const Tokens& tokens, std::uint32_t token, Node& node);
    bool read_text(std::string_view raw, std::string_view& text);
    bool unique_keys(std::uint32_t parent);
    bool refuse_with(std::string_view why);

    std::string_view reason;
};

bool Json::Document::refuse_with(std::string_view why) {
    reason = why;
    return false;
}

bool Json::Document::read_text(std::string_view raw, std::string_view& text) {
    if (raw.size() < 2 || raw.back() != '"') return refuse_with(reason::json_invalid);
    text = raw.substr(1, raw.size() - 2);
    if (!has_escapes(text)) return true;
    std::string meaning;
    if (const auto fault = unescape(text, meaning); !fault.empty()) return refuse_with(fault);
    text = unescaped.emplace_front(std::move(meaning));
    return true;
}

bool Json::Document::add_scalar(const Tokens& tokens, std::uint32_t token, Node& node) {
    const std::string_view raw = tokens.raw(token);
    if (raw.starts_with('"')) {
        node.kind = Kind::text;
        return read_text(raw, node.text);
    }
    if (raw == "null") return true;
    if (raw == "true" || raw == "false") {
        node.kind = Kind::boolean;
        node.boolean = raw == "true";
        return true;
    }
    node.kind = Kind::number;
    node.number = parse_number(raw);
    return node.number.fault.empty() || refuse_with(node.number.fault);
}

bool Json::Document::add_value(const Tokens& tokens, std::uint32_t& token, int depth) {
    if (token >= tokens.count()) return refuse_with(reason::json_invalid);
    const auto index = static_cast<std::uint32_t>(nodes.size());
    nodes.emplace_back();
    const char c = tokens.kind(token);
    if (c != '{' && c != '[') return add_scalar(tokens, token++, nodes[index]);
    if (depth > limits::depth_max) return refuse_with(reason::depth_exceeded);
    nodes[index].kind = c == '{' ? Kind::object : Kind::array;
    ++token;
    return add_children(tokens, token, depth, index) && unique_keys(index);
}

bool Json::Document::add_children(const Tokens& tokens, std::uint32_t& token, int depth,
                                  std::uint32_t parent) {
    const bool object = nodes[parent].kind == Kind::object;
    const char end = object ? '}' : ']';
    if (tokens.kind(token) == end) {
        ++token;
        return true;
    }
    std::uint32_t last = none;
    for (;;) {
        std::string_view key;
        if (object) {
            if (tokens.kind(token) != '"' || tokens.kind(token + 1) != ':') {
                return refuse_with(reason::json_invalid);
            }
            if (!read_text(tokens.raw(token), key)) return false;
            token += 2;
        }
        const auto index = static_cast<std::uint32_t>(nodes.size());
        if (!add_value(tokens, token, depth + 1)) return false;
        nodes[index].key = key;
        (last == none ? nodes[parent].child : nodes[last].next) = index;
        last = index;
        const char c = tokens.kind(token++);
        if (c == end) return true;
        if (c != ',') return refuse_with(reason::json_invalid);
    }
}

bool Json::Document::unique_keys(std::uint32_t parent) {
    if (nodes[parent].kind != Kind::object) return true;
    // Few are compared with each other, which takes no memory; many are sorted.
    constexpr std::size_t few = 12;
    std::array<std::string_view, few> seen;
    std::size_t count = 0;
    for (auto at = nodes[parent].child; at != none; at = nodes[at].next, ++count) {
        if (count >= few) continue;
        const auto end = seen.begin() + static_cast<std::ptrdiff_t>(count);
        if (std::find(seen.begin(), end, nodes[at].key) != end)
            return refuse_with(reason::duplicate_key);
        *end = nodes[at].key;
    }
    if (count <= few) return true;
    std::vector<std::string_view> keys;
    keys.reserve(count);
    for (auto at = nodes[parent].child; at != none; at = nodes[at].next)
        keys.push_back(nodes[at].key);
    std::ranges::sort(keys);
    return std::ranges::adjacent_find(keys) == keys.end() || refuse_with(reason::duplicate_key);
}

Result<Json> Json::parse(std::string_view bytes) {
    // Most texts are small, and setting a reader up takes longer than reading one. What a large one
    // needs is not kept.
    constexpr std::size_t small = 4096;
    thread_local Tokens of_small;
    std::optional<Tokens> of_large;
    Tokens& tokens = bytes.size() <= small ? of_small : of_large.emplace();
    auto document = std::make_shared<Document>();
    document->bytes = bytes;
    if (auto ok = tokens.index(document->bytes); !ok) return fail(ok.error());
    // Of two tokens at most one begins a value; what only claims to be long gets no memory for it.
    document->nodes.reserve(std::min<std::size_t>(tokens.count() / 2 + 1, 64));
    std::uint32_t token = 0;
    if (!document->add_value(tokens, token, 1)) return refuse(document->reason);
    if (token != tokens.count()) return refuse(reason::json_invalid, "more follows the value");
    return Json(std::move(document), 0);
}

Json::Kind Json::kind() const {
    return document_->nodes[node_].kind;
}

std::optional<std::string_view> Json::as_text() const {
    const auto& node = document_->nodes[node_];
    return node.kind == Kind::text ? std::optional(node.text) : std::nullopt;
}

std::optional<std::int64_t> Json::as_integer() const {
    const auto& node = document_->nodes[node_];
    const bool whole = node.kind == Kind::number && node.number.whole;
    return whole ? std::optional(node.number.integer) : std::nullopt;
}

std::optional<double> Json::as_number() const {
    const auto& node = document_->nodes[node_];
    return node.kind == Kind::number ? std::optional(node.number.value) : std::nullopt;
}

std::optional<bool> Json::as_bool() const {
    const auto& node = document_->nodes[node_];
    return node.kind == Kind::boolean ? std::optional(node.boolean) : std::nullopt;
}

std::optional<Json> Json::find(std::string_view key) const {
    if (!is_object()) return std::nullopt;
    const auto& nodes = document_->nodes;
    for (auto at = nodes[node_].child; at != Document::none; at = nodes[at].next) {
        if (nodes[at].key == key) return Json(document_, at);
    }
    return std::nullopt;
}

std::optional<std::string_view> Json::text(std::string_view key) const {
    const auto member = find(key);
    return member ? member->as_text() : std::nullopt;
}

std::vector<Json> Json::items() const {
    std::vector<Json> out;
    if (!is_array()) return out;
    const auto& nodes = document_->nodes;
    for (auto at = nodes[node_].child; at != Document::none; at = nodes[at].next) {
        out.push_back(Json(document_, at));
    }
    return out;
}

std::vector<Json::Member> Json::members() const {
    std::vector<Member> out;
    if (!is_object()) return out;
    const auto& nodes = document_->nodes;
    for (auto at = nodes[node_].child; at != Document::none; at = nodes[at].next) {
        out.push_back({nodes[at].key, Json(document_, at)});
    }
    return out;
}

}  // namespace lifeline::contract
