#include "document/value.h"

#include <algorithm>

#include "base/check.h"
#include "contract/canonical.h"

namespace lifeline::document {

namespace {

std::size_t key_bytes(std::string_view key) {
    std::string text;
    contract::append_json_string(text, key);
    return text.size() + 1;  // And the colon.
}

}  // namespace

Value::Value() : node_(std::make_shared<Node>()) {}

Value Value::scalar(std::string text) {
    Value value;
    value.node_->kind = Kind::scalar;
    value.node_->text = std::move(text);
    return value;
}

Value Value::from(const contract::Json& json) {
    using From = contract::Json::Kind;
    Value value;
    Node& node = *value.node_;
    if (json.kind() == From::array) {
        node.kind = Kind::array;
        for (const auto& item : json.items()) node.children.push_back(from(item));
        for (const Value& child : node.children) node.inner_bytes += child.bytes();
        return value;
    }
    if (json.kind() != From::object) return scalar(contract::canonical_json(json));
    auto members = json.members();
    std::ranges::sort(members, {}, &contract::Json::Member::key);
    for (const auto& member : members) {
        node.keys.emplace_back(member.key);
        node.children.push_back(from(member.value));
        node.inner_bytes += key_bytes(member.key) + node.children.back().bytes();
    }
    return value;
}

bool Value::is_object() const {
    return node_->kind == Kind::object;
}

bool Value::is_array() const {
    return node_->kind == Kind::array;
}

std::size_t Value::size() const {
    return node_->children.size();
}

// The brackets and the commas between.
std::size_t Value::bytes() const {
    if (node_->kind == Kind::scalar) return node_->text.size();
    return node_->inner_bytes + 2 + (size() > 1 ? size() - 1 : 0);
}

std::size_t Value::depth() const {
    if (node_->kind == Kind::scalar) return 0;
    std::size_t deepest = 0;
    for (const Value& child : node_->children) deepest = std::max(deepest, child.depth());
    return deepest + 1;
}

std::size_t Value::position_of(const Node& node, std::string_view key) {
    const auto at = std::ranges::lower_bound(node.keys, key);
    return static_cast<std::size_t>(at - node.keys.begin());
}

const Value* Value::member(std::string_view key) const {
    if (!is_object()) return nullptr;
    const std::size_t at = position_of(*node_, key);
    return at < size() && node_->keys[at] == key ? &node_->children[at] : nullptr;
}

const Value* Value::item(std::size_t index) const {
    return is_array() && index < size() ? &node_->children[index] : nullptr;
}

Value::Node& Value::own() {
    if (node_.use_count() > 1) node_ = std::make_shared<Node>(*node_);
    return *node_;
}

void Value::set_member(std::string_view key, Value value) {
    CHECK(is_object());
    Node& node = own();
    const std::size_t at = position_of(node, key);
    node.inner_bytes += value.bytes();
    if (at < node.keys.size() && node.keys[at] == key) {
        node.inner_bytes -= node.children[at].bytes();
        node.children[at] = std::move(value);
        return;
    }
    node.inner_bytes += key_bytes(key);
    node.keys.insert(node.keys.begin() + static_cast<std::ptrdiff_t>(at), std::string(key));
    node.children.insert(node.children.begin() + static_cast<std::ptrdiff_t>(at), std::move(value));
}

Value Value::take_member(std::string_view key) {
    CHECK(member(key) != nullptr);
    Node& node = own();
    const std::size_t at = position_of(node, key);
    Value taken = std::move(node.children[at]);
    node.inner_bytes -= key_bytes(key) + taken.bytes();
    node.keys.erase(node.keys.begin() + static_cast<std::ptrdiff_t>(at));
    node.children.erase(node.children.begin() + static_cast<std::ptrdiff_t>(at));
    return taken;
}

void Value::insert_item(std::size_t index, Value value) {
    CHECK(is_array() && index <= size());
    Node& node = own();
    node.inner_bytes += value.bytes();
    node.children.insert(node.children.begin() + static_cast<std::ptrdiff_t>(index),
                         std::move(value));
}

void Value::set_item(std::size_t index, Value value) {
    CHECK(item(index) != nullptr);
    Node& node = own();
    node.inner_bytes += value.bytes();
    node.inner_bytes -= node.children[index].bytes();
    node.children[index] = std::move(value);
}

Value Value::take_item(std::size_t index) {
    CHECK(item(index) != nullptr);
    Node& node = own();
    Value taken = std::move(node.children[index]);
    node.inner_bytes -= taken.bytes();
    node.children.erase(node.children.begin() + static_cast<std::ptrdiff_t>(index));
    return taken;
}

void Value::write(contract::JsonWriter& json) const {
    const Node& node = *node_;
    switch (node.kind) {
        case Kind::scalar:
            json.raw(node.text);
            return;
        case Kind::array:
            json.array();
            for (const Value& child : node.children) child.write(json);
            json.end();
            return;
        case Kind::object:
            json.object();
            for (std::size_t i = 0; i < node.keys.size(); ++i) {
                json.key(node.keys[i]);
                node.children[i].write(json);
            }
            json.end();
            return;
    }
}

std::string Value::json() const {
    contract::JsonWriter json;
    write(json);
    return json.take();
}

bool operator==(const Value& a, const Value& b) {
    if (a.node_ == b.node_) return true;
    return a.node_->kind == b.node_->kind && a.node_->text == b.node_->text &&
           a.node_->inner_bytes == b.node_->inner_bytes && a.node_->keys == b.node_->keys &&
           a.node_->children == b.node_->children;
}

}  // namespace lifeline::document
