#include <fmt/format.h>

#include "api/api.h"
#include "api/assets.h"
#include "api/problem.h"
#include "api/published_keys.h"
#include "api/routes.h"
#include "contract/reason.h"

namespace lifeline::api {

namespace {

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '&':
                out += "&amp;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out.push_back(c);
        }
    }
    return out;
}

}  // namespace

void health(Api&, Asked asked) {
    asked.answer_json(200, R"({"status":"ok"})");
}

// Whether events can be acknowledged now; a balancer that asks sends nobody while not.
void readiness(Api& api, Asked asked) {
    if (const auto ready = api.parts().ready(); !ready) return asked.refuse(ready.error());
    asked.answer_json(200, R"({"status":"ready"})");
}

void public_keys(Api& api, Asked asked) {
    const auto& parts = api.parts();
    asked.answer_json(200, published_keys_json(parts.keys, parts.signing_keys.history()));
}

// The schema as it was when this binary was built: embedded, like the page.
void schema_document(Api&, Asked asked) {
    const std::string name = asked.captures.empty() ? "index" : asked.captures.front();
    const auto* file = find_asset(fmt::format("/v1/schema/{}.json", name));
    if (file == nullptr)
        return asked.refuse({Code::not_found, "route_not_found", "no such schema document"});
    asked.answer_json(200, std::string(file->bytes));
}

// The page behind the `type` of every problem: what it means and what to do.
void error_page(Api&, Asked asked) {
    const auto* known = contract::find_reason(asked.captures.front());
    if (known == nullptr)
        return asked.refuse({Code::not_found, "route_not_found", "no such error code"});
    net::Response response;
    response.set("Content-Type", "text/html; charset=utf-8");
    response.set("Cache-Control", "no-cache");
    response.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    response.body = fmt::format(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
        "<meta name=\"color-scheme\" content=\"light dark\">"
        "<title>{0}</title><h1><code>{0}</code></h1><p>{1}</p><h2>What to do</h2><p>{2}</p>"
        "<p>HTTP status {3}. {4}</p></html>",
        escaped(known->reason), escaped(known->meaning), escaped(known->fix), known->http_status,
        known->retryable ? "Trying again later can help." : "Trying again does not help.");
    asked.answer(std::move(response));
}

}  // namespace lifeline::api
