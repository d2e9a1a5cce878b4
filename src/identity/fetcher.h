#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "base/loop.h"
#include "base/result.h"

namespace lifeline::identity {

// Called once, on the loop that was named in the request.
template <class T>
using Done = std::move_only_function<void(Result<T>)>;

// What this room needs of an HTTP client: one GET, no redirects followed, bounded in time and size.
// NetFetcher is the real one; tests have a double.
class Fetcher {
public:
    struct Request {
        std::string url;
        std::string bearer = {};  // Sent as Authorization; empty: none.
        Millis timeout;
        std::size_t body_bytes_max;
    };
    struct Reply {
        int status;
        std::string body;
    };

    virtual ~Fetcher() = default;
    // An error means that no whole reply came; any status is a reply.
    virtual void get(Request request, Loop& home, Done<Reply> done) = 0;
};

}  // namespace lifeline::identity
