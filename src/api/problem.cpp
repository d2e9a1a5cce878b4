#include "api/problem.h"

#include <fmt/format.h>

#include <algorithm>

#include "contract/json_writer.h"
#include "contract/reason.h"

namespace lifeline::api {

namespace {

net::Response render(unsigned status, std::string_view code, std::string_view title,
                     std::string_view detail, std::string_view fix, std::string_view pointer,
                     std::string_view request_id, std::string_view terminal_event,
                     Millis retry_after) {
    contract::JsonWriter json;
    json.object();
    json.key("type").value(fmt::format("/errors/{}", code));
    json.key("title").value(title);
    json.key("status").value(status);
    json.key("code").value(code);
    if (!detail.empty()) json.key("detail").value(detail);
    if (!fix.empty()) json.key("fix").value(fix);
    if (!pointer.empty()) json.key("pointer").value(pointer);
    json.key("requestId").value(request_id);
    if (!terminal_event.empty()) json.key("terminalEvent").raw(terminal_event);
    if (retry_after > Millis{0}) json.key("retryAfterMs").value(retry_after.count());
    json.end();
    net::Response response;
    response.status = status;
    response.set("Content-Type", "application/problem+json");
    response.set("Cache-Control", "no-store");
    if (retry_after > Millis{0})
        response.set("Retry-After", fmt::format("{}", (retry_after.count() + 999) / 1000));
    if (status == 426) response.set("Upgrade", "websocket");
    if (status == 401) response.set("WWW-Authenticate", "Bearer");
    response.body = json.take();
    return response;
}

}  // namespace

net::Response problem(std::string_view request_id, const Error& error,
                      std::string_view terminal_event) {
    Millis retry_after = error.retry_after;
    const auto* known = contract::find_reason(error.reason);
    if (known == nullptr) known = contract::find_reason("internal");
    // Why a token is bad is for the log only.
    const bool secretive = error.code == Code::unauthenticated;
    if (known->retryable && retry_after == Millis{0} && known->http_status >= 429)
        retry_after = std::chrono::seconds(1);
    return render(static_cast<unsigned>(known->http_status), known->reason, known->meaning,
                  secretive ? "" : error.detail, known->fix, error.pointer, request_id,
                  terminal_event, retry_after);
}

net::Response problem(const net::HttpRefusal& refusal) {
    const auto* known = contract::find_reason(refusal.reason);
    const bool busy = refusal.status == 503 || refusal.status == 429;
    return render(refusal.status, refusal.reason,
                  known != nullptr ? known->meaning : refusal.detail, refusal.detail,
                  known != nullptr ? known->fix : "", "", refusal.request_id, "",
                  busy ? Millis{1000} : Millis{0});
}

net::Response json_response(unsigned status, std::string body) {
    net::Response response;
    response.status = status;
    response.set("Content-Type", "application/json");
    response.set("Cache-Control", "no-store");
    response.body = std::move(body);
    return response;
}

}  // namespace lifeline::api
