#pragma once

#include <string>

#include "call/state.h"
#include "contract/json_writer.h"

namespace lifeline::api {

// A call as REST shows it: what every participant may know of it.
void write_session(contract::JsonWriter& json, const call::State& state);
std::string session_json(const call::State& state);

}  // namespace lifeline::api
