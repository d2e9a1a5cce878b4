#pragma once

#include <functional>

#include "base/result.h"
#include "net/http_message.h"
#include "sinks/adapter.h"

namespace lifeline::sinks {

// Takes a request to the sink and brings its answer. Errors are those of net::HttpClient: whether
// the request may have arrived is in them.
class Courier {
public:
    using Done = std::move_only_function<void(Result<net::Response>)>;

    virtual ~Courier() = default;
    // `done` comes once, from the loop.
    virtual void carry(Request request, Done done) = 0;
};

}  // namespace lifeline::sinks
