#pragma once

#include <memory>

#include "app/sink_config.h"
#include "base/loop.h"
#include "base/result.h"
#include "net/http_client.h"
#include "sinks/adapter.h"
#include "sinks/courier.h"

namespace lifeline::app {

// Speaks to the sink that is configured, with its secrets read. config_invalid: they are not there.
Result<std::unique_ptr<sinks::Adapter>> make_adapter(const SinkConfig& sink);

// Brings it requests; all that is given outlives it. A JSONL file is written by `files`.
std::unique_ptr<sinks::Courier> make_courier(const SinkConfig& sink, net::HttpClient& client,
                                             Loop& home, Worker& files);

}  // namespace lifeline::app
