#include "api/exchange.h"

#include "api/cors.h"
#include "api/problem.h"
#include "base/log.h"

namespace lifeline::api {

void Asked::dress(net::Response& response) const {
    allow_reading(response, *origins_, request().header("Origin"));
}

void Asked::answer(net::Response response) {
    ++counters_->answers[response.status];
    dress(response);
    exchange_->respond(std::move(response));
}

void Asked::answer_json(unsigned status, std::string body) {
    answer(json_response(status, std::move(body)));
}

void Asked::answer_nothing() {
    net::Response response;
    response.status = 204;
    answer(std::move(response));
}

void Asked::refuse(const Error& error, std::string_view terminal_event) {
    refuse_with(error, problem(request().id, error, terminal_event));
}

void Asked::refuse_with(const Error& error, net::Response response) {
    log::info("request={} {} {} refused reason={} client={} {}", request().id, request().method,
              request().path(), error.reason, client().address.text(), error.detail);
    counters_->refused(Counters::Door::rest, error.reason);
    answer(std::move(response));
}

std::unique_ptr<net::ResponseStream> Asked::stream(std::string_view content_type) {
    net::Response head;
    head.set("Content-Type", std::string(content_type));
    return stream(std::move(head));
}

std::unique_ptr<net::ResponseStream> Asked::event_stream(const std::string& epoch) {
    net::Response head;
    head.set("Content-Type", "application/x-ndjson");
    head.set(epoch_header, epoch);
    return stream(std::move(head));
}

std::unique_ptr<net::ResponseStream> Asked::stream(net::Response head) {
    head.set("Cache-Control", "no-store");
    // Proxies that buffer would turn a live stream into a late one.
    head.set("X-Accel-Buffering", "no");
    ++counters_->answers[head.status];
    dress(head);
    return exchange_->stream(std::move(head));
}

}  // namespace lifeline::api
