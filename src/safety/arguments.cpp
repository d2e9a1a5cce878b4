#include "safety/arguments.h"

#include <algorithm>

#include "contract/json_pointer.h"

namespace lifeline::safety {

using contract::Json;

namespace {

constexpr std::size_t steps_max = 16;

bool is_position(std::string_view step) {
    return !step.empty() && std::ranges::all_of(step, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<Path> Path::parse(std::string_view text) {
    auto steps = contract::pointer_steps(text);
    if (!steps || steps->empty() || steps->size() > steps_max) return std::nullopt;
    Path path;
    path.steps_ = *std::move(steps);
    return path;
}

const Found& Arguments::at(std::size_t path) {
    auto& found = found_[path];
    if (!found) collect(root_, paths_[path].steps(), 0, found.emplace());
    return *found;
}

void Arguments::collect(const Json& from, const std::vector<std::string>& steps, std::size_t step,
                        Found& found) {
    if (!spend(1) || from.kind() == Json::Kind::null) return;
    if (step == steps.size()) {
        found.values.push_back(from);
        return;
    }
    if (steps[step] == "*") {
        found.strange |= !from.is_array();
        const auto items = from.items();
        for (std::size_t i = 0; i < items.size() && !exhausted(); ++i)
            collect(items[i], steps, step + 1, found);
        return;
    }
    // A list that is too short has nothing there; one that is asked for a name is something else.
    const bool fits = from.is_object() || (from.is_array() && is_position(steps[step]));
    found.strange |= !fits;
    if (const auto next = contract::take_step(from, steps[step]))
        collect(*next, steps, step + 1, found);
}

}  // namespace lifeline::safety
