#pragma once

#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "net/url.h"

namespace lifeline::app {

// What came of opening a call's WebSocket the way a browser does.
struct SocketSeen {
    std::string first_frame;  // {"op":"hello",...}
    bool pong = false;        // A ping came back.
};

// Through whatever stands before the server. `url` is the call's, http or https; `origin` is what a
// browser would say of the page. An error says how far it came.
Result<SocketSeen> probe_socket(const net::Url& url, const std::string& origin,
                                const std::string& token, Random& random, Millis timeout);

}  // namespace lifeline::app
