#include "orchestration/http_probe.h"

#include <fmt/format.h>

#include <utility>

#include "orchestration/foreign_text.h"

namespace lifeline::orchestration {

ProbeAnswer probe_answer_of(const Result<net::Response>& answer) {
    if (!answer) return {.message = answer.error().detail};
    if (answer->status != 200)
        return {.message = fmt::format("the probe answered {}", answer->status)};
    const auto json = contract::Json::parse(tame_json(answer->body));
    if (!json) return {.message = "the probe answered what is no JSON"};
    return probe_answer_of(*json);
}

void HttpProbe::ask(const Unresolved& action, Millis timeout, Done done) {
    net::FetchRequest request;
    request.url = endpoint_.url;
    request.method = "POST";
    request.body = probe_question(action);
    request.egress = endpoint_.egress;
    request.timeout = timeout;
    request.body_bytes_max = answer_bytes_max;
    request.headers = endpoint_.headers;
    request.headers.push_back({"Content-Type", "application/json"});
    request.headers.push_back({"Accept", "application/json"});
    request.headers.push_back({"Idempotency-Key", action.idempotency_key});
    // Another message than the request: a receiver that keeps ids must not take it for that one.
    const std::string id = fmt::format("{}:{}:probe", action.session_id, action.action_id);
    const std::string timestamp = webhook_timestamp(loop_.clock().wall());
    request.headers.push_back({"webhook-id", id});
    request.headers.push_back({"webhook-timestamp", timestamp});
    if (endpoint_.signer.signs())
        request.headers.push_back(
            {"webhook-signature", endpoint_.signer.sign(id, timestamp, request.body)});
    client_.fetch(std::move(request),
                  [done = std::move(done)](const Result<net::Response>& answer) mutable {
                      done(probe_answer_of(answer));
                  });
}

}  // namespace lifeline::orchestration
