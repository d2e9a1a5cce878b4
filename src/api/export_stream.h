#pragma once

#include <memory>

#include "api/exchange.h"
#include "archive/export.h"

namespace lifeline::api {

// Answers with an archive, as fast as the reader takes it; null: as many as may are being written.
// No line of anything else may come between, so it is no feed. What is wrong with its first piece
// is still an answer of its own.
void send_export(Asked asked, std::shared_ptr<archive::Export> made);

}  // namespace lifeline::api
