#pragma once

#include <memory>

#include "base/loop.h"
#include "base/result.h"
#include "net/http_client.h"
#include "orchestration/http_executor.h"
#include "orchestration/probe.h"

namespace lifeline::orchestration {

// Asks over HTTP: a POST with the action's Idempotency-Key, signed as the call of the tool was.
class HttpProbe final : public Probe {
public:
    // The client outlives this and is of the same loop.
    HttpProbe(Loop& loop, net::HttpClient& client, HttpEndpoint endpoint)
        : loop_(loop), client_(client), endpoint_(std::move(endpoint)) {}

    void ask(const Unresolved& action, Millis timeout, Done done) override;

private:
    Loop& loop_;
    net::HttpClient& client_;
    HttpEndpoint endpoint_;
};

// Pure: 200 with a word that is known, or unknown with why. A 404 is unknown, too: it may be the
// URL that is not there.
ProbeAnswer probe_answer_of(const Result<net::Response>& answer);

}  // namespace lifeline::orchestration
