#include "contract/json_pointer.h"

#include <charconv>
#include <cstddef>

namespace lifeline::contract {

std::optional<std::vector<std::string>> pointer_steps(std::string_view pointer) {
    std::vector<std::string> steps;
    for (std::size_t i = 0; i < pointer.size(); ++i) {
        const char c = pointer[i];
        if (c == '/') {
            steps.emplace_back();
        } else if (steps.empty()) {
            return std::nullopt;  // It begins with something else.
        } else if (c == '~') {
            const char next = i + 1 < pointer.size() ? pointer[++i] : ' ';
            if (next != '0' && next != '1') return std::nullopt;
            steps.back() += next == '0' ? '~' : '/';
        } else {
            steps.back() += c;
        }
    }
    return steps;
}

std::string pointer_step(std::string_view key) {
    std::string step = "/";
    for (const char c : key) {
        if (c == '~')
            step += "~0";
        else if (c == '/')
            step += "~1";
        else
            step += c;
    }
    return step;
}

std::optional<Json> take_step(const Json& json, std::string_view step) {
    if (!json.is_array()) return json.find(step);
    std::size_t position = 0;
    const auto [behind, error] = std::from_chars(step.data(), step.data() + step.size(), position);
    const bool padded = step.size() > 1 && step.front() == '0';
    const bool whole = error == std::errc{} && behind == step.data() + step.size();
    if (step.empty() || padded || !whole) return std::nullopt;
    const auto items = json.items();
    return position < items.size() ? std::optional(items[position]) : std::nullopt;
}

std::optional<Json> find_at(const Json& json, std::string_view pointer) {
    const auto steps = pointer_steps(pointer);
    if (!steps) return std::nullopt;
    std::optional<Json> found = json;
    for (const auto& step : *steps) {
        found = take_step(*found, step);
        if (!found) return found;
    }
    return found;
}

}  // namespace lifeline::contract
