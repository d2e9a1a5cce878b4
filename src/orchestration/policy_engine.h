#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "call/facts.h"
#include "net/http_client.h"

namespace lifeline::orchestration {

struct PolicyEngineConfig {
    std::string url;  // "http://127.0.0.1:8181/v1/data/lifeline/action"
    Secret<std::string> token{std::string()};
    Millis timeout{1'500};
};

// A policy engine outside, in the shape of OPA's data API:
//   POST url {"input":{...}} -> {"result": ...}
// where the result is true or false, or an object with `outcome` (allow, confirm, deny), or `allow`
// (true, false); and, if it likes, `rule` and `message`. Whatever else comes, or nothing in time,
// is that it is unavailable: the caller's answer to that is no.
call::EngineWord engine_word_of(const Result<net::Response>& answer);

class PolicyEngine {
public:
    // The client outlives this and is of the same loop.
    PolicyEngine(net::HttpClient& client, PolicyEngineConfig config)
        : client_(client), config_(std::move(config)) {}

    void ask(const std::string& input_json, Millis within,
             std::move_only_function<void(call::EngineWord)> done);
    Millis timeout() const { return config_.timeout; }

private:
    net::HttpClient& client_;
    PolicyEngineConfig config_;
};

}  // namespace lifeline::orchestration
