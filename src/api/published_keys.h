#pragma once

#include <string>

#include "identity/instance_keys.h"
#include "metering/key_history.h"

namespace lifeline::api {

// The body of /.well-known/lifeline-keys.json, a JWK set: the key of this instance's tokens, and
// those that sign usage. The latter say `use` "usage", which no verifier of tokens takes for
// "sig": whoever has one of them cannot let anybody in. Where one begins and ends to count is a
// position of the journal, as in an archive.
std::string published_keys_json(const identity::InstanceKeys& instance,
                                const metering::KeyHistory& usage);

}  // namespace lifeline::api
