#include "orchestration/http_executor.h"

#include <limits>

#include "contract/json_writer.h"

namespace lifeline::orchestration {

struct HttpExecutor::Call {
    Job job;
    Done done;
    SteadyTime began;
    net::HttpClient::FetchId fetch = 0;
    bool called_off = false;
    std::string body;  // Of the answer, as far as it is wanted.
};

namespace {

std::string body_of(const Job& job) {
    contract::JsonWriter json;
    json.object();
    json.key("actionId").value(job.action_id);
    json.key("actionType").value(job.action_type);
    json.key("sessionId").value(job.session_id);
    json.key("attempt").value(job.attempt);
    json.key("args").raw(job.args_json);
    json.end();
    return json.take();
}

}  // namespace

HttpExecutor::HttpExecutor(Loop& loop, net::HttpClient& client, HttpEndpoint endpoint)
    : loop_(loop), client_(client), endpoint_(std::move(endpoint)) {}

HttpExecutor::~HttpExecutor() = default;

net::FetchRequest HttpExecutor::compose(const Job& job, const std::shared_ptr<Call>& call) const {
    net::FetchRequest request;
    request.url = endpoint_.url;
    request.method = "POST";
    request.body = body_of(job);
    request.egress = endpoint_.egress;
    request.timeout = job.timeout;
    request.headers = endpoint_.headers;
    request.headers.push_back({"Content-Type", "application/json"});
    request.headers.push_back({"Accept", "application/json"});
    request.headers.push_back({"Idempotency-Key", idempotency_key_of(job)});
    // The same for every attempt: a receiver that knows it has seen it.
    const std::string id = job.session_id + ":" + job.action_id;
    const std::string timestamp = webhook_timestamp(loop_.clock().wall());
    request.headers.push_back({"webhook-id", id});
    request.headers.push_back({"webhook-timestamp", timestamp});
    if (endpoint_.signer.signs())
        request.headers.push_back(
            {"webhook-signature", endpoint_.signer.sign(id, timestamp, request.body)});
    // However long it is, its status counts; of its body what is wanted is kept.
    request.body_bytes_max = std::numeric_limits<std::size_t>::max() / 2;
    request.hear = [call](const net::Response&, std::string_view piece) {
        call->body += piece.substr(0, answer_bytes_max - call->body.size());
        return call->body.size() < answer_bytes_max ? net::Hear::on : net::Hear::enough;
    };
    return request;
}

void HttpExecutor::execute(Job job, Done done) {
    auto call = std::make_shared<Call>();
    call->began = loop_.clock().steady();
    call->done = std::move(done);
    net::FetchRequest request = compose(job, call);
    call->job = std::move(job);
    call->fetch =
        client_.fetch(std::move(request),
                      [this, call, alive = std::weak_ptr(alive_)](Result<net::Response> answer) {
                          if (alive.expired()) return;
                          calls_.erase(call->fetch);
                          ended(*call, std::move(answer));
                      });
    calls_.emplace(call->fetch, call);
}

void HttpExecutor::ended(Call& call, Result<net::Response> answer) {
    if (answer) answer->body = std::move(call.body);
    if (!answer && answer.error().reason == "egress_denied")
        answer.error().detail += " (" + endpoint_.setting + ")";
    Outcome outcome = outcome_of(call.job, answer);
    // Called off, and nothing can have happened, or nothing that may not happen again.
    const bool may_be_said =
        outcome.may_retry || (outcome.kind == Outcome::Kind::unknown && call.job.repeatable);
    if (!answer && call.called_off && may_be_said)
        outcome = cancelled("Called off: " + answer.error().detail);
    outcome.took = std::chrono::duration_cast<Millis>(loop_.clock().steady() - call.began);
    call.done(std::move(outcome));
}

void HttpExecutor::call_off(std::string_view session_id, std::string_view action_id) {
    using Cancel = net::HttpClient::Cancel;
    for (const auto& [fetch, call] : calls_) {
        if (call->job.session_id != session_id || call->job.action_id != action_id) continue;
        call->called_off = true;
        client_.cancel(fetch, call->job.repeatable ? Cancel::anyhow : Cancel::unless_sent);
    }
}

}  // namespace lifeline::orchestration
