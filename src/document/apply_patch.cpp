#include <span>
#include <utility>

#include "document/patch.h"

// What one operation does to a document.
namespace lifeline::document {

namespace {

using Kind = Operation::Kind;
using Steps = std::span<const std::string>;

// What a change found at its place; the path's steps in their meaning, as far as it came.
struct Walk {
    std::vector<Step> taken;
    std::string_view fault;
};

const Value* find(const Value& root, Steps path, Walk& walk) {
    const Value* at = &root;
    for (const std::string& step : path) {
        if (at->is_array()) {
            const auto index = index_of(step);
            at = index ? at->item(*index) : nullptr;
            walk.taken.push_back({{}, index});
        } else {
            at = at->member(step);
            walk.taken.push_back({step, {}});
        }
        if (at == nullptr) {
            walk.fault = "there is nothing at this path";
            return nullptr;
        }
    }
    return at;
}

// Goes to what holds the path's last step, and has `change` do it there.
template <class Change>
bool at_parent(Value& at, Steps path, Walk& walk, Change&& change) {
    if (path.size() == 1) return change(at, path.front());
    const auto below = [&](Value& child) {
        return at_parent(child, path.subspan(1), walk, std::forward<Change>(change));
    };
    const std::string& step = path.front();
    if (at.is_array()) {
        const auto index = index_of(step);
        if (index && at.item(*index) != nullptr) {
            walk.taken.push_back({{}, index});
            return at.with_item(*index, below);
        }
    } else if (at.member(step) != nullptr) {
        walk.taken.push_back({step, {}});
        return at.with_member(step, below);
    }
    walk.fault = "there is nothing at this path";
    return false;
}

// The content, what was done to it so far, and why not.
class Applying {
public:
    explicit Applying(Value& content) : content_(content) {}

    // Empty when it was done; otherwise why not.
    std::string_view apply(const Operation& operation) {
        switch (operation.kind) {
            case Kind::add:
                return add(operation.path, operation.value);
            case Kind::remove:
                return remove(operation.path, nullptr);
            case Kind::replace:
                return replace(operation.path, operation.value);
            case Kind::move:
                return move(operation);
            case Kind::copy: {
                Walk walk;
                const Value* found = find(content_, operation.from, walk);
                return found == nullptr ? walk.fault : add(operation.path, Value(*found));
            }
            case Kind::test: {
                Walk walk;
                const Value* found = find(content_, operation.path, walk);
                if (found == nullptr) return walk.fault;
                return *found == operation.value ? "" : "the value is another";
            }
        }
        return "no such operation";
    }
    std::vector<Effect> take_effects() { return std::move(effects_); }

private:
    std::string_view whole(Value value) {
        if (!value.is_object()) return "the whole document is an object";
        content_ = std::move(value);
        effects_.push_back({Effect::Kind::write, {}});
        return {};
    }
    std::string_view add(const Path& path, Value value) {
        if (path.empty()) return whole(std::move(value));
        Walk walk;
        at_parent(content_, path, walk, [&](Value& parent, const std::string& step) {
            if (parent.is_array()) {
                const auto index = step == end_step ? parent.size() : index_of(step);
                if (!index || *index > parent.size()) return lost(walk);
                parent.insert_item(*index, std::move(value));
                return done(walk, Effect::Kind::insert, {{}, index});
            }
            if (!parent.is_object()) return lost(walk);
            parent.set_member(step, std::move(value));
            return done(walk, Effect::Kind::write, {step, {}});
        });
        return walk.fault;
    }
    std::string_view remove(const Path& path, Value* taken) {
        if (path.empty()) return "the whole document cannot be removed";
        Walk walk;
        at_parent(content_, path, walk, [&](Value& parent, const std::string& step) {
            if (parent.is_array()) {
                const auto index = index_of(step);
                if (!index || parent.item(*index) == nullptr) return lost(walk);
                keep(taken, parent.take_item(*index));
                return done(walk, Effect::Kind::remove, {{}, index});
            }
            if (parent.member(step) == nullptr) return lost(walk);
            keep(taken, parent.take_member(step));
            return done(walk, Effect::Kind::write, {step, {}});
        });
        return walk.fault;
    }
    std::string_view replace(const Path& path, Value value) {
        if (path.empty()) return whole(std::move(value));
        Walk walk;
        at_parent(content_, path, walk, [&](Value& parent, const std::string& step) {
            if (parent.is_array()) {
                const auto index = index_of(step);
                if (!index || parent.item(*index) == nullptr) return lost(walk);
                parent.set_item(*index, std::move(value));
                return done(walk, Effect::Kind::write, {{}, index});
            }
            if (parent.member(step) == nullptr) return lost(walk);
            parent.set_member(step, std::move(value));
            return done(walk, Effect::Kind::write, {step, {}});
        });
        return walk.fault;
    }
    std::string_view move(const Operation& operation) {
        Value moved;
        // To where it is already: nothing, as long as it is there.
        if (operation.path == operation.from) {
            Walk walk;
            find(content_, operation.from, walk);
            return walk.fault;
        }
        if (const auto fault = remove(operation.from, &moved); !fault.empty()) return fault;
        return add(operation.path, std::move(moved));
    }
    static void keep(Value* taken, Value value) {
        if (taken != nullptr) *taken = std::move(value);
    }
    static bool lost(Walk& walk) {
        walk.fault = "there is nothing at this path";
        return false;
    }
    bool done(Walk& walk, Effect::Kind kind, Step last) {
        walk.taken.push_back(std::move(last));
        effects_.push_back({kind, std::move(walk.taken)});
        return true;
    }

    Value& content_;
    std::vector<Effect> effects_;
};

}  // namespace

Result<std::vector<Effect>> apply_patch(Value& content, const Patch& patch) {
    Value changed = content;
    Applying applying(changed);
    for (std::size_t i = 0; i < patch.size(); ++i) {
        const std::string pointer = "/" + std::to_string(i);
        if (const auto fault = applying.apply(patch[i]); !fault.empty())
            return fail(Code::conflict, "patch_failed", std::string(fault), pointer);
        // At each step, since a copy of a copy of a copy would fill the memory before the end.
        if (changed.bytes() > content_bytes_max)
            return fail(Code::too_large, "document_too_large",
                        "a document has at most 256 KiB in all", pointer);
    }
    if (changed.depth() > content_depth_max)
        return fail(Code::malformed, "depth_exceeded", "the document would be nested too deep");
    content = std::move(changed);
    return applying.take_effects();
}

}  // namespace lifeline::document
