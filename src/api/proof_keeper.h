#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "archive/export.h"
#include "base/signature.h"
#include "journal/heads.h"

namespace lifeline::api {

// The heads that were given away last, and the key that signs them.
struct PublishedHeads {
    Ed25519PublicKey key{};
    std::vector<journal::SignedHead> heads;  // The newest last.
};

// Who has the proofs: on the server's loop.
struct ProofKeeper {
    std::function<std::shared_ptr<archive::Export>(archive::Request)> archive;
    std::function<PublishedHeads()> heads;
};

}  // namespace lifeline::api
