#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "net/http_message.h"

namespace lifeline::identity {

// What is known of a request that asks for a token without having one.
struct MintRequest {
    bool peer_is_loopback = false;
    std::uint16_t listen_port = 0;
    const net::Headers& headers;
};

// Development mode: may the page have a token without showing one? Only a browser on this machine
// that has the page open under a loopback name may. A tunnel or reverse proxy on this machine also
// connects from 127.0.0.1, so the peer's address alone says nothing; a page from elsewhere can make
// the browser send this request, so the Host alone says nothing either. In doubt: no.
//
// Gives the reason for a no, for the log, or nothing when it may.
std::optional<std::string_view> why_not_mint(const MintRequest& request);

}  // namespace lifeline::identity
