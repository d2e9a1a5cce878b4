#include "orchestration/json_fit.h"

#include <algorithm>

#include "contract/canonical.h"
#include "contract/json_writer.h"
#include "orchestration/foreign_text.h"

namespace lifeline::orchestration {

namespace {

using contract::Json;

// Two levels of the event are around it, and some are left for who wraps it again.
constexpr int depth_max = 24;
constexpr std::string_view note = R"("truncated":true)";
// Less than this of a text tells nobody anything.
constexpr std::size_t shortest_string = 16;

std::string number_text(const Json& value) {
    if (const auto integer = value.as_integer()) return std::to_string(*integer);
    const double number = *value.as_number();
    std::string text = contract::canonical_number(number);
    // A whole one beyond 2^53 would be refused as a literal.
    const bool digits_only = text.find_first_of(".e") == std::string::npos;
    return digits_only ? '"' + text + '"' : text;
}

// Writes values up to an end that nothing may reach beyond.
class Fitter {
public:
    Fitter(std::string& out, std::size_t end) : out_(out), end_(end) {}

    bool cut() const { return cut_; }

    // False when there was no room for any of it; then nothing was written.
    bool value(const Json& value, int depth, std::size_t reserved) {
        switch (value.kind()) {
            case Json::Kind::null:
                return raw("null", reserved);
            case Json::Kind::boolean:
                return raw(*value.as_bool() ? "true" : "false", reserved);
            case Json::Kind::number:
                return raw(number_text(value), reserved);
            case Json::Kind::text:
                return text(*value.as_text(), reserved);
            case Json::Kind::array: {
                JsonMembers items;
                for (const Json& item : value.items()) items.emplace_back("", item);
                return list(items, '[', ']', depth, reserved);
            }
            case Json::Kind::object: {
                JsonMembers members;
                for (const auto& member : value.members())
                    members.emplace_back(member.key, member.value);
                return list(members, '{', '}', depth, reserved);
            }
        }
        return false;
    }

    bool list(const JsonMembers& entries, char begin, char end, int depth, std::size_t reserved) {
        if (depth > depth_max || out_.size() + 2 + reserved > end_) return no_room();
        out_ += begin;
        bool first = true;
        for (const auto& [key, entry] : entries) {
            const std::size_t before = out_.size();
            if (!first) out_ += ',';
            if (begin == '{') {
                contract::append_json_string(out_, key);
                out_ += ':';
            }
            if (!value(entry, depth + 1, reserved + 1)) {
                out_.resize(before);
                break;
            }
            first = false;
        }
        out_ += end;
        return true;
    }

private:
    bool no_room() {
        cut_ = true;
        return false;
    }
    bool raw(std::string_view text, std::size_t reserved) {
        if (out_.size() + text.size() + reserved > end_) return no_room();
        out_ += text;
        return true;
    }
    bool text(std::string_view text, std::size_t reserved) {
        const std::size_t used = out_.size() + reserved;
        const std::size_t room = end_ > used ? end_ - used : 0;
        if (room < shortest_string && text.size() + 2 > room) return no_room();
        if (append_cut_string(out_, text, room)) cut_ = true;
        return true;
    }

    std::string& out_;
    std::size_t end_;
    bool cut_ = false;
};

}  // namespace

bool append_cut_string(std::string& out, std::string_view text, std::size_t bytes_max) {
    const std::size_t before = out.size();
    contract::append_json_string(out, text);
    if (out.size() - before <= bytes_max) return false;
    out.resize(before);
    out += '"';
    while (!text.empty()) {
        std::string character;
        const std::size_t bytes = std::max<std::size_t>(1, character_bytes(text));
        contract::append_json_string(character, text.substr(0, bytes));
        const std::string_view inner = std::string_view(character).substr(1, character.size() - 2);
        if (out.size() - before + inner.size() + 1 > bytes_max) break;
        out += inner;
        text.remove_prefix(bytes);
    }
    out += '"';
    return true;
}

std::string fit_members(const JsonMembers& members, std::size_t bytes_max) {
    std::string whole;
    Fitter fitter(whole, bytes_max);
    if (fitter.list(members, '{', '}', 1, 0) && !fitter.cut()) return whole;

    JsonMembers others;
    for (const auto& member : members)
        if (member.first != "truncated") others.push_back(member);
    std::string out;
    Fitter(out, bytes_max - note.size() - 1).list(others, '{', '}', 1, 0);
    out.pop_back();
    if (out.size() > 1) out += ',';
    return out.append(note) + '}';
}

std::string json_text(const contract::Json& value, std::size_t bytes_max) {
    std::string out;
    Fitter(out, bytes_max).value(value, 1, 0);
    return out;
}

}  // namespace lifeline::orchestration
