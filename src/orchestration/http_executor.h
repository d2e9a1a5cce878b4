#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/loop.h"
#include "base/webhook_signature.h"
#include "net/http_client.h"
#include "orchestration/executor.h"
#include "orchestration/http_outcome.h"

namespace lifeline::orchestration {

struct HttpEndpoint {
    std::string url;
    // `anywhere` for a URL of the operator's configuration, `public_https` for one that a model or
    // a user gave.
    net::Egress egress = net::Egress::public_https;
    std::string setting = "tools.url";  // Named where the URL is refused, so that it can be found.
    net::Headers headers = {};          // Beside ours; "Authorization" for instance.
    WebhookSigner signer = {};
};

// Calls a tool over HTTP:
//   POST url   Idempotency-Key, webhook-id, webhook-timestamp, webhook-signature
//   {"actionId":"...","actionType":"...","sessionId":"...","attempt":1,"args":{...}}
// Redirects are never followed. What an answer means: http_outcome.h.
//
// call_off() stops a request of which nothing has left, or that may be repeated. Another one is
// waited for: to cut it off would only make its outcome unknown.
class HttpExecutor final : public Executor {
public:
    // The client outlives this and is of the same loop.
    HttpExecutor(Loop& loop, net::HttpClient& client, HttpEndpoint endpoint);
    ~HttpExecutor() override;

    void execute(Job job, Done done) override;
    void call_off(std::string_view session_id, std::string_view action_id) override;

private:
    struct Call;
    net::FetchRequest compose(const Job& job, const std::shared_ptr<Call>& call) const;
    void ended(Call& call, Result<net::Response> answer);

    Loop& loop_;
    net::HttpClient& client_;
    HttpEndpoint endpoint_;
    std::map<net::HttpClient::FetchId, std::shared_ptr<Call>> calls_;
    std::shared_ptr<int> alive_ = std::make_shared<int>();
};

}  // namespace lifeline::orchestration
