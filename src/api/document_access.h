#pragma once

#include <functional>

#include "api/exchange.h"
#include "document/access.h"
#include "document/command.h"
#include "session/documents.h"

namespace lifeline::api {

class Api;

// Finds out by what right the principal may do this to the document that the address names: their
// own, or that of a call it is shared with and in which they take part. Refuses here who may not:
// document_not_found for who may not even read. `then` runs on the server's loop.
void find_document_caller(Api& api, Asked asked, document::Right needed,
                          std::move_only_function<void(Asked, document::Caller)> then);

// The same, and then submits the request in their name. What a user edits counts against the same
// rate as what they publish.
void document_command(Api& api, Asked asked, document::Right needed, document::Request request,
                      std::move_only_function<void(Asked, session::Receipt)> then);

// What the principal is by themselves, without a call.
document::Caller document_caller_of(const identity::Principal& principal);

// The document as this caller is shown it.
std::string document_json(session::DocumentActor& actor, const document::Caller& caller,
                          const std::string& epoch);

}  // namespace lifeline::api
