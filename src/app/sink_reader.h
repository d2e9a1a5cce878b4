#pragma once

#include <vector>

#include "api/sink_desk.h"
#include "sinks/adapter.h"
#include "sinks/courier.h"

namespace lifeline::app {

// Asks a sink what it has of an account's item in an hour: the sum where it gives one, each of the
// charges where it does not. `done` comes from the courier's loop. Both outlive the answer.
void read_back(const sinks::Adapter& adapter, sinks::Courier& courier,
               const api::SinkDesk::Asking& asking, std::vector<sinks::Charge> charges,
               journal::Done<api::SinkDesk::ReadBack> done);

}  // namespace lifeline::app
