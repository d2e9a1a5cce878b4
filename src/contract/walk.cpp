#include "contract/walk.h"

#include <utility>

#include "contract/limits.h"
#include "contract/tables.h"

namespace lifeline::contract {
Status Walk::object(const Tokens& tokens, std::uint32_t& token, std::uint16_t rule, int depth,
                    Strictness strictness, Found& found) {
    tokens_ = &tokens;
    at_ = token;
    strictness_ = strictness;
    deferred_ = 0;
    keys_.clear();
    owned_keys_.clear();
    const Rule& root = tables::rules[rule];
    const bool ok = root.closed ? closed_object(root, depth, &found) : open_object(&root, depth);
    token = at_;
    found.deferred = deferred_;
    if (ok) return {};
    return refuse(reason_, std::exchange(detail_, {}), std::exchange(pointer_, {}));
}

bool Walk::value(const Rule& rule, int depth) {
    const char c = tokens_->kind(at_);
    if (c == 'n' && rule.nullable) return word(rule);
    switch (rule.kind) {
        case Kind::text:
            return text(rule);
        case Kind::integer:
        case Kind::number:
            return number(rule);
        case Kind::boolean:
            return word(rule);
        case Kind::object:
            return rule.closed ? closed_object(rule, depth, nullptr) : open_object(&rule, depth);
        case Kind::array:
            return array(&rule, depth);
        case Kind::any:
            return any(depth);
        case Kind::deferred:
            deferred_ = at_;
            at_ = tokens_->skip(at_);
            return true;
    }
    return false;
}

bool Walk::closed_object(const Rule& rule, int depth, Found* found) {
    bool done = false;
    if (!begin_object(depth, done)) return false;
    const std::size_t base = found ? found->slots.size() : 0;
    if (found) found->slots.resize(base + rule.count);

    std::uint64_t seen = 0;
    std::uint32_t hint = 0;
    while (!done) {
        const FieldRule* field = nullptr;
        if (!read_name(rule, hint, field)) return false;
        if (field == nullptr) {
            at_ = tokens_->skip(at_);
        } else {
            const auto index = static_cast<std::size_t>(field - &tables::fields[rule.first]);
            const std::uint64_t bit = std::uint64_t{1} << index;
            if (seen & bit) {
                fault(reason::duplicate_key);
                return fault_in(field->name);
            }
            seen |= bit;
            const std::uint32_t token = at_;
            if (!value(tables::rules[field->rule], depth + 1)) return fault_in(field->name);
            if (found) note(*found, base + index, token);
        }
        if (!separator('}', done)) return false;
    }
    return check_required(rule, seen);
}

// Senders write fields in the schema's order, nearly always: so the field behind the last one is
// tried first. No field at all for a name that is unknown and passed over.
bool Walk::read_name(const Rule& rule, std::uint32_t& hint, const FieldRule*& field) {
    if (hint < rule.count) {
        field = tables::fields.data() + rule.first + hint;
        if (tokens_->is_key(at_, field->name)) {
            ++hint;
            at_ += 2;
            return true;
        }
    }
    std::string_view name;
    if (!read_key(name)) return false;
    field = find_field(rule, name, hint);
    if (field != nullptr || strictness_ == Strictness::tolerant) return true;
    fault(reason::unknown_field);
    return fault_in(name);
}

bool Walk::begin_object(int depth, bool& empty) {
    if (tokens_->kind(at_) != '{') return unexpected_type("object");
    if (depth > limits::depth_max) return fault(reason::depth_exceeded);
    ++at_;
    empty = tokens_->kind(at_) == '}';
    if (empty) ++at_;
    return true;
}

// A comma, after which the next must come, or the end.
bool Walk::separator(char end, bool& done) {
    const char c = tokens_->kind(at_);
    if (c != ',' && c != end) return no_separator(end);
    ++at_;
    done = c == end;
    return true;
}

void Walk::note(Found& found, std::size_t slot, std::uint32_t token) {
    const std::uint32_t begin = tokens_->begin(token);
    Slot& entry = found.slots[slot];
    entry.at = begin;
    entry.size = tokens_->end(at_ - 1) - begin;
    if (tokens_->kind(token) != '"' || !escaped_) return;
    entry.escaped = true;
    entry.meaning_at = static_cast<std::uint32_t>(found.meanings.size());
    entry.meaning_size = static_cast<std::uint32_t>(scratch_.size());
    found.meanings += scratch_;
}

// Fields of which nothing is known, and keys only held to be unique.
bool Walk::open_object(const Rule* rule, int depth) {
    bool done = false;
    if (!begin_object(depth, done)) return false;
    const std::size_t first = keys_.size();
    while (!done) {
        std::string_view key;
        if (!read_key(key)) return false;
        if (escaped_) {
            owned_keys_.push_back(scratch_);
            key = owned_keys_.back();
        }
        keys_.push_back(key);
        const std::size_t position = keys_.size() - 1;
        if (!any(depth + 1)) return fault_in(keys_[position]);
        if (!separator('}', done)) return false;
    }
    if (!unique_keys(first)) return false;
    const std::size_t count = keys_.size() - first;
    keys_.resize(first);
    return rule == nullptr || rule->allows(count) || out_of_range(*rule, "fields");
}

bool Walk::array(const Rule* rule, int depth) {
    if (tokens_->kind(at_) != '[') return unexpected_type("array");
    if (depth > limits::depth_max) return fault(reason::depth_exceeded);
    ++at_;
    bool done = tokens_->kind(at_) == ']';
    if (done) ++at_;
    std::size_t count = 0;
    while (!done) {
        const bool ok = rule ? value(tables::rules[rule->first], depth + 1) : any(depth + 1);
        if (!ok) return fault_in(count);
        ++count;
        if (!separator(']', done)) return false;
    }
    return rule == nullptr || rule->allows(count) || out_of_range(*rule, "items");
}

}  // namespace lifeline::contract
