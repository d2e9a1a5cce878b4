#include <fmt/format.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "contract/reason.h"
#include "tools/pattern_program.h"
#include "tools/pattern_reader.h"

namespace lifeline::tools {

namespace {

// Writes a tree down as instructions, repetitions as often as they ask for.
class Writer {
public:
    Writer(const PatternTree& tree, std::vector<PatternInstruction>& code)
        : tree_(tree), code_(code) {}

    // False when it becomes too much; `visits_` because a part that is empty may repeat as well.
    bool write(std::uint32_t index) {
        if (++visits_ > 4 * pattern_size_max) return false;
        const auto& node = tree_.nodes[index];
        switch (node.kind) {
            case PatternNode::Kind::one:
                return put(node.op, node.set);
            case PatternNode::Kind::sequence:
                for (const auto part : node.parts)
                    if (!write(part)) return false;
                return true;
            case PatternNode::Kind::alternatives:
                return write_alternatives(node);
            case PatternNode::Kind::repetition:
                return write_repetition(node);
        }
        return false;
    }
    bool put(PatternOp op, std::uint32_t x = 0, std::uint32_t y = 0) {
        if (code_.size() >= pattern_size_max) return false;
        code_.push_back({op, x, y});
        return true;
    }

private:
    std::uint32_t here() const { return static_cast<std::uint32_t>(code_.size()); }

    // fork A, B; A ...; fork end, end; B ...; end
    bool write_alternatives(const PatternNode& node) {
        std::vector<std::uint32_t> leaps;
        for (std::size_t i = 0; i < node.parts.size(); ++i) {
            const bool last = i + 1 == node.parts.size();
            const std::uint32_t fork = here();
            if (!last && !put(PatternOp::fork, fork + 1)) return false;
            if (!write(node.parts[i])) return false;
            if (last) break;
            leaps.push_back(here());
            if (!put(PatternOp::fork)) return false;
            code_[fork].y = here();
        }
        for (const auto leap : leaps) code_[leap].x = code_[leap].y = here();
        return true;
    }

    bool write_repetition(const PatternNode& node) {
        const std::uint32_t part = node.parts.front();
        for (int i = 0; i < node.least; ++i)
            if (!write(part)) return false;
        if (node.most < 0) {
            const std::uint32_t fork = here();
            if (!put(PatternOp::fork, fork + 1) || !write(part)) return false;
            if (!put(PatternOp::fork, fork, fork)) return false;
            code_[fork].y = here();
            return true;
        }
        std::vector<std::uint32_t> forks;
        for (int i = node.least; i < node.most; ++i) {
            forks.push_back(here());
            if (!put(PatternOp::fork, here() + 1) || !write(part)) return false;
        }
        for (const auto fork : forks) code_[fork].y = here();
        return true;
    }

    const PatternTree& tree_;
    std::vector<PatternInstruction>& code_;
    std::size_t visits_ = 0;
};

}  // namespace

Result<Pattern> Pattern::compile(std::string_view text) {
    if (text.size() > pattern_bytes_max)
        return contract::refuse(contract::reason::schema_invalid,
                                fmt::format("a pattern has more than {} bytes", pattern_bytes_max));
    auto tree = read_pattern(text);
    if (!tree) return fail(tree.error());
    auto program = std::make_shared<Program>();
    Writer writer(*tree, program->code);
    if (!writer.write(tree->root) || !writer.put(PatternOp::found))
        return contract::refuse(contract::reason::schema_invalid,
                                "the pattern repeats too much to be matched");
    program->sets = std::move(tree->sets);
    return Pattern(std::move(program));
}

}  // namespace lifeline::tools
