#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "contract/json.h"
#include "contract/json_writer.h"

namespace lifeline::document {

// A JSON value that can be changed. Copies are cheap: they share what neither has changed, so that
// a patch can be tried on a copy and thrown away. How many bytes it is as JSON, and how deep, is
// known at any time without looking.
//
// Members are kept in the order of their keys' bytes: JSON objects have no order, and so two that
// are equal are equal to the byte.
class Value {
public:
    Value();  // {}
    static Value from(const contract::Json& json);
    // A scalar in its one spelling (contract/canonical.h).
    static Value scalar(std::string text);

    bool is_object() const;
    bool is_array() const;
    std::size_t bytes() const;
    std::size_t depth() const;  // 0 for a scalar, 1 for one that holds only scalars
    std::size_t size() const;   // Of an array or an object; else 0.

    // Null where there is none. Good until this value is changed or gone.
    const Value* member(std::string_view key) const;
    const Value* item(std::size_t index) const;

    // Each is called only on what it fits, with an index that is there (or, for insert, the end).
    // Takes the measure of what changes below: `change` gets the child to change.
    template <class Change>
    auto with_member(std::string_view key, Change change) {
        Node& node = own();
        return with(node, position_of(node, key), std::move(change));
    }
    template <class Change>
    auto with_item(std::size_t index, Change change) {
        return with(own(), index, std::move(change));
    }
    void set_member(std::string_view key, Value value);
    Value take_member(std::string_view key);
    void insert_item(std::size_t index, Value value);
    void set_item(std::size_t index, Value value);
    Value take_item(std::size_t index);

    void write(contract::JsonWriter& json) const;
    std::string json() const;

    friend bool operator==(const Value& a, const Value& b);

private:
    enum class Kind : std::uint8_t { scalar, array, object };
    struct Node;
    explicit Value(std::shared_ptr<Node> node) : node_(std::move(node)) {}
    // This value's node, of nobody else.
    Node& own();
    static std::size_t position_of(const Node& node, std::string_view key);
    template <class Change>
    static auto with(Node& node, std::size_t index, Change change);

    std::shared_ptr<Node> node_;
};

struct Value::Node {
    Kind kind = Kind::object;
    std::string text;               // Of a scalar.
    std::vector<std::string> keys;  // Of an object, in order; else none.
    std::vector<Value> children;    // Of an object, in the order of the keys; or of an array.
    std::size_t inner_bytes = 0;    // The children's and the keys'.
};

template <class Change>
auto Value::with(Node& node, std::size_t index, Change change) {
    Value& child = node.children[index];
    node.inner_bytes -= child.bytes();
    auto outcome = change(child);
    node.inner_bytes += child.bytes();
    return outcome;
}

}  // namespace lifeline::document
