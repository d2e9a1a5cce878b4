#include "tools/pattern_reader.h"

#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "contract/reason.h"
#include "tools/character_class.h"

namespace lifeline::tools {

namespace {

constexpr int depth_max = 32;
constexpr int repetitions_max = 1'000;

// ECMA-262's grammar from left to right. Every reader leaves `at_` behind what it read, or keeps a
// fault and gives nothing.
class Reader {
public:
    explicit Reader(std::string_view text) : in_(text) {}

    Result<PatternTree> read() {
        const auto root = alternatives(0);
        if (root && !in_.done()) in_.refuse("a ) closes nothing");
        if (!in_.fault().empty())
            return contract::refuse(contract::reason::schema_invalid, std::string(in_.fault()));
        tree_.root = *root;
        return std::move(tree_);
    }

private:
    using Index = std::optional<std::uint32_t>;

    Index add(PatternNode node) {
        tree_.nodes.push_back(std::move(node));
        return static_cast<std::uint32_t>(tree_.nodes.size() - 1);
    }
    Index add_set(CharacterSet set) {
        tree_.sets.push_back(std::move(set));
        PatternNode node;
        node.set = static_cast<std::uint32_t>(tree_.sets.size() - 1);
        return add(std::move(node));
    }
    Index add_place(PatternOp op) {
        PatternNode node;
        node.op = op;
        return add(std::move(node));
    }
    Index refused(std::string_view what) {
        in_.refuse(what);
        return std::nullopt;
    }

    Index alternatives(int depth) {
        if (depth > depth_max) return refused("groups are nested too deep");
        PatternNode node;
        node.kind = PatternNode::Kind::alternatives;
        do {
            const auto part = sequence(depth);
            if (!part) return part;
            node.parts.push_back(*part);
        } while (in_.take('|'));
        return node.parts.size() == 1 ? Index(node.parts.front()) : add(std::move(node));
    }

    Index sequence(int depth) {
        PatternNode node;
        node.kind = PatternNode::Kind::sequence;
        while (!in_.done() && !in_.sees('|') && !in_.sees(')')) {
            auto part = atom(depth);
            if (part) part = repeated(*part);
            if (!part) return part;
            node.parts.push_back(*part);
        }
        return add(std::move(node));
    }

    Index atom(int depth) {
        if (in_.take('^')) return add_place(PatternOp::begin);
        if (in_.take('$')) return add_place(PatternOp::end);
        if (in_.take('(')) return group(depth);
        if (in_.take('[')) {
            auto set = read_brackets(in_);
            return set ? add_set(*std::move(set)) : std::nullopt;
        }
        if (in_.take("\\b")) return add_place(PatternOp::boundary);
        if (in_.take("\\B")) return add_place(PatternOp::no_boundary);
        if (in_.sees('*') || in_.sees('+') || in_.sees('?')) return refused("nothing to repeat");
        auto set = read_character(in_);
        return set ? add_set(*std::move(set)) : std::nullopt;
    }

    Index group(int depth) {
        if (in_.take("?<")) {
            if (in_.sees('=') || in_.sees('!')) return refused("look-behind cannot be matched");
            while (!in_.done() && !in_.sees('>')) in_.next();
            if (!in_.take('>')) return refused("the name of a group does not end");
        } else if (in_.take('?') && !in_.take(':')) {
            return refused("look-ahead cannot be matched");
        }
        const auto inner = alternatives(depth + 1);
        if (inner && !in_.take(')')) return refused("a ( is not closed");
        return inner;
    }

    Index repeated(std::uint32_t part) {
        int least = 0, most = -1;
        if (in_.take('*')) {
        } else if (in_.take('+')) {
            least = 1;
        } else if (in_.take('?')) {
            most = 1;
        } else if (const auto counts = in_.take_counts()) {
            std::tie(least, most) = *counts;
        } else {
            return part;
        }
        in_.take('?');  // Lazy or not makes no difference to whether it is found.
        if (least > repetitions_max || most > repetitions_max || (most >= 0 && most < least))
            return refused("a repetition is out of range");
        PatternNode node;
        node.kind = PatternNode::Kind::repetition;
        node.parts = {part};
        node.least = least;
        node.most = most;
        return add(std::move(node));
    }

    PatternText in_;
    PatternTree tree_;
};

}  // namespace

Result<PatternTree> read_pattern(std::string_view text) {
    return Reader(text).read();
}

}  // namespace lifeline::tools
