#include "explain/form.h"

#include <fmt/format.h>

#include <optional>

#include "contract/json.h"
#include "explain/line_text.h"

namespace lifeline::explain {

namespace {

using contract::Json;

constexpr std::size_t words_points_max = 200;

std::optional<Json> find(const Json& payload, std::string_view path) {
    std::optional<Json> at = payload;
    while (at && !path.empty()) {
        const auto dot = path.find('.');
        at = at->find(path.substr(0, dot));
        path = dot == std::string_view::npos ? "" : path.substr(dot + 1);
    }
    return at;
}

std::string plain(const Json& value) {
    if (const auto text = value.as_text()) return line_text(*text, words_points_max);
    if (const auto whole = value.as_integer()) return fmt::format("{}", *whole);
    if (const auto number = value.as_number()) return fmt::format("{}", *number);
    if (const auto flag = value.as_bool()) return *flag ? "yes" : "no";
    std::string out;
    for (const Json& item : value.items())
        out += (out.empty() ? "" : ", ") + line_text(plain(item), words_points_max);
    return out;
}

// What stands in one place, without its braces; empty where there is nothing.
std::string place(std::string_view what, const Json& payload, const Recorded& recorded,
                  const Cast& cast) {
    if (what == "@") return cast.name(recorded.actor);
    if (what == "#") return line_text(recorded.event->type_name());
    const std::string_view marks = "@\"~?";
    const char mark = marks.find(what.front()) == std::string_view::npos ? '\0' : what.front();
    if (mark != '\0') what.remove_prefix(1);
    const auto value = find(payload, what.substr(0, what.find('|')));
    if (!value || value->kind() == Json::Kind::null) return {};
    switch (mark) {
        case '@':
            return cast.name(value->as_text().value_or(""));
        case '~':
            return duration_text(Millis{value->as_integer().value_or(0)});
        case '?': {
            const auto words = what.substr(what.find('|') + 1);
            const auto bar = words.find('|');
            return std::string(value->as_bool().value_or(false) ? words.substr(0, bar)
                                                                : words.substr(bar + 1));
        }
        case '"': {
            const std::string words = plain(*value);
            return words.empty() ? words : "“" + words + "”";
        }
        default:
            return plain(*value);
    }
}

}  // namespace

std::string fill(std::string_view form, const Recorded& recorded, const Cast& cast) {
    const auto payload = Json::parse(recorded.event->payload_json());
    if (!payload) return {};
    std::string out;
    std::optional<std::size_t> bracket;  // Where the open one begins in `out`.
    bool absent = false;                 // Something in it is.
    for (std::size_t at = 0; at < form.size(); ++at) {
        if (form[at] == '[') {
            bracket = out.size();
            absent = false;
        } else if (form[at] == ']') {
            if (absent) out.resize(bracket.value_or(out.size()));
            bracket.reset();
        } else if (form[at] == '{') {
            const auto end = form.find('}', at);
            const auto words = place(form.substr(at + 1, end - at - 1), *payload, recorded, cast);
            absent |= words.empty();
            out += words.empty() && !bracket ? "?" : words;
            at = end;
        } else {
            out += form[at];
        }
    }
    return out;
}

}  // namespace lifeline::explain
