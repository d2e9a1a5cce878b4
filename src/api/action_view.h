#pragma once

#include <string>

#include "call/state.h"
#include "contract/json_writer.h"

namespace lifeline::api {

enum class Shown { all, not_over };

// An action as REST shows it; with its confirmation, as it was asked, while that is open.
void write_action(contract::JsonWriter& json, const call::Action& action);
std::string actions_json(const call::State& state, Shown shown);

}  // namespace lifeline::api
