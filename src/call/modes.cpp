#include <algorithm>

#include "call/apply_parts.h"

// What the agents say the call is about now. It has no consequence for what may happen; it is here
// for whoever comes and has not seen the events.
namespace lifeline::call::folds {

namespace {

// An application has a handful; what an agent invents beyond that pushes out the oldest.
constexpr std::size_t modes_max = 50;

}  // namespace

void of_modes(State& state, const contract::Event& event) {
    namespace f = contract::field::orchestration_mode_changed;
    const auto name = event.text(f::mode);
    const auto rev = event.integer(f::rev);
    auto known = std::ranges::find(state.modes, name, &Mode::name);
    if (known == state.modes.end()) {
        if (state.modes.size() >= modes_max) state.modes.erase(state.modes.begin());
        known = state.modes.insert(state.modes.end(), Mode{.name = std::string(name)});
    } else if (rev <= known->rev) {
        return;  // Older than what is known.
    }
    const auto said = event.text(f::state);
    if (said != "updated") known->active = said == "activated";
    known->rev = rev;
    known->reason = event.text(f::reason);
    if (event.has(f::context)) known->context_json = event.raw(f::context);
}

}  // namespace lifeline::call::folds
