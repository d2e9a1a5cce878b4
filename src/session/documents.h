#pragma once

#include "session/document_rules.h"
#include "session/streams.h"

namespace lifeline::session {

// The only writer of one document, those of one loop, and all of this process.
using DocumentActor = StreamActor<DocumentRules>;
using DocumentShard = StreamShard<DocumentRules>;
using Documents = Streams<DocumentRules>;

}  // namespace lifeline::session
