#include "tools/pattern.h"

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "tools/character_class.h"
#include "tools/pattern_program.h"

namespace lifeline::tools {

namespace {

bool is_word(std::optional<char32_t> c) {
    return c && ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
                 *c == '_');
}

// Where the machine is: a list of instructions without doubles. The mark of an instruction is the
// round in which it was added.
class Places {
public:
    explicit Places(std::size_t size) : marks_(size, 0) {}

    void begin(std::uint32_t round) {
        round_ = round;
        list_.clear();
    }
    bool add(std::uint32_t place) {
        if (marks_[place] == round_) return false;
        marks_[place] = round_;
        list_.push_back(place);
        return true;
    }
    const std::vector<std::uint32_t>& list() const { return list_; }

private:
    std::vector<std::uint32_t> marks_;
    std::vector<std::uint32_t> list_;
    std::uint32_t round_ = 0;
};

}  // namespace

bool Pattern::found_in(std::string_view text, Budget& budget) const {
    using Op = PatternOp;
    const auto& code = program_->code;
    Places now(code.size()), next(code.size());
    std::vector<std::uint32_t> open;
    std::optional<char32_t> before, after;
    std::size_t at = 0;  // behind `after`
    if (!text.empty()) after = next_character(text, at);

    // Adds a place and all that can be reached from it without a character.
    const auto reach = [&](Places& places, std::uint32_t start) {
        open.push_back(start);
        while (!open.empty()) {
            const std::uint32_t place = open.back();
            open.pop_back();
            if (!places.add(place)) continue;
            const auto& step = code[place];
            const bool boundary = is_word(before) != is_word(after);
            switch (step.op) {
                case Op::fork:
                    open.push_back(step.y);
                    open.push_back(step.x);
                    break;
                case Op::begin:
                    if (!before) open.push_back(place + 1);
                    break;
                case Op::end:
                    if (!after) open.push_back(place + 1);
                    break;
                case Op::boundary:
                    if (boundary) open.push_back(place + 1);
                    break;
                case Op::no_boundary:
                    if (!boundary) open.push_back(place + 1);
                    break;
                case Op::found:
                case Op::set:
                    break;
            }
        }
    };

    now.begin(1);
    for (std::uint32_t round = 2;; ++round) {
        reach(now, 0);  // A match may begin anywhere.
        if (!budget.spend(static_cast<std::int64_t>(now.list().size()) + 1)) return false;
        const char32_t character = after.value_or(0);
        const bool over = !after;
        for (const std::uint32_t place : now.list())
            if (code[place].op == Op::found) return true;
        if (over) return false;
        before = after;
        after = at < text.size() ? std::optional(next_character(text, at)) : std::nullopt;
        next.begin(round);
        for (const std::uint32_t place : now.list()) {
            if (code[place].op != Op::set) continue;
            const auto& set = program_->sets[code[place].x];
            if (!budget.spend(static_cast<std::int64_t>(set.ranges.size() / 8))) return false;
            if (set.has(character)) reach(next, place + 1);
        }
        std::swap(now, next);
    }
}

}  // namespace lifeline::tools
