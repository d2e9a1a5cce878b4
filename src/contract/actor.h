#pragma once

#include <string>

namespace lifeline::contract {

// Who sent an event, in the server's word and never the client's: the role acted in ("user") and
// an id. Stored beside the event and sent in the frame's `meta`.
struct Actor {
    std::string kind;
    std::string id;

    friend bool operator==(const Actor&, const Actor&) = default;
};

}  // namespace lifeline::contract
