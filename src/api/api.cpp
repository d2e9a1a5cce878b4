#include "api/api.h"

#include <fmt/format.h>

#include "api/assets.h"
#include "api/cors.h"
#include "api/mcp_door.h"
#include "api/page_policy.h"
#include "api/problem.h"
#include "gateway/gateway.h"

namespace lifeline::api {

namespace {

constexpr std::string_view bearer = "Bearer ";

// "/v1/call/sessions/{id}/ws"
bool is_socket_path(std::string_view path, std::string& session_id) {
    constexpr std::string_view before = "/v1/call/sessions/";
    constexpr std::string_view after = "/ws";
    if (!path.starts_with(before) || !path.ends_with(after)) return false;
    if (path.size() <= before.size() + after.size()) return false;
    session_id = path.substr(before.size(), path.size() - before.size() - after.size());
    return session_id.find('/') == std::string::npos;
}

bool fresh(const net::Request& request, std::string_view etag) {
    const auto* known = request.header("If-None-Match");
    return known != nullptr && known->find(etag) != std::string::npos;
}

}  // namespace

void Api::handle(std::shared_ptr<net::Exchange> exchange) {
    const auto& request = exchange->request();
    Asked asked(exchange, parts_.origins, counters_);
    if (request.method == "OPTIONS") return preflight(std::move(asked));
    if (request.path() == "/mcp") return mcp_door(*this, std::move(asked));
    std::string session_id;
    if (is_socket_path(request.path(), session_id)) {
        parts_.gateway.upgrade(std::move(exchange), std::move(session_id));
        return;
    }

    Match match = find_route(request.method, request.path());
    if (match.route == nullptr) {
        if (match.allow.empty()) return asset(std::move(asked));
        auto refusal =
            problem(request.id, {Code::malformed, "method_not_allowed", "not with this method"});
        counters_.refused(Counters::Door::rest, "method_not_allowed");
        refusal.set("Allow", match.allow);
        return asked.answer(std::move(refusal));
    }
    asked.captures = std::move(match.captures);
    if (match.route->access == Access::open) return match.route->handler(*this, std::move(asked));
    authenticate(*match.route, std::move(asked));
}

// Without authentication, because browsers send none; with no more than whether the origin may.
void Api::preflight(Asked asked) {
    const auto* origin = asked.request().header("Origin");
    net::Response response;
    response.status = 204;
    if (origin == nullptr || !parts_.origins.allows(*origin))
        return asked.refuse({Code::not_allowed, "origin_forbidden",
                             "this origin is not in the server's list of origins"});
    response.set("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE");
    response.set("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key");
    response.set("Access-Control-Max-Age", "600");
    asked.answer(std::move(response));
}

void Api::authenticate(const Route& route, Asked asked) {
    const auto* header = asked.request().header("Authorization");
    if (header == nullptr || !header->starts_with(bearer))
        return asked.refuse({Code::unauthenticated, "token_missing", "no Bearer token"});
    std::string token = header->substr(bearer.size());
    Loop& loop = asked.loop();
    parts_.authenticator.authenticate(
        std::move(token), identity::Authenticator::Purpose::request, loop,
        [this, &route, asked = std::move(asked)](Result<identity::Principal> principal) mutable {
            if (!principal) return asked.refuse(principal.error());
            asked.principal = std::move(*principal);
            // Who may act in one call only finds no other.
            if (const auto& binding = asked.principal.call;
                binding && route.access == Access::principal &&
                (asked.captures.empty() || binding->session_id != asked.session_id()))
                return asked.refuse({Code::not_found, "session_not_found", "no such call"});
            if (const Millis wait = wait_to_change(route, asked); wait > Millis{0}) {
                Error error{Code::overloaded, "rate_limited", "too many changes a second"};
                error.retry_after = wait;
                return asked.refuse(error);
            }
            route.handler(*this, std::move(asked));
        });
}

Millis Api::wait_to_change(const Route& route, const Asked& asked) {
    if (route.method == "GET" || route.counted == Counted::elsewhere) return Millis{0};
    const auto about =
        asked.captures.empty() ? std::string_view() : std::string_view(asked.captures.front());
    return changes_.wait_to_change(asked.principal, about, parts_.clock.steady());
}

void Api::asset(Asked asked) {
    const auto& request = asked.request();
    const bool reads = request.method == "GET" || request.method == "HEAD";
    const auto* file =
        reads ? find_asset(request.path() == "/" ? "/index.html" : request.path()) : nullptr;
    if (file == nullptr)
        return asked.refuse({Code::not_found, "route_not_found", "there is nothing here"});
    net::Response response;
    response.set("Content-Type", std::string(file->content_type));
    response.set("ETag", fmt::format("\"{}\"", file->etag));
    response.set("Referrer-Policy", "no-referrer");
    response.set("Content-Security-Policy", page_policy(asked.client().host, parts_.public_url));
    // Names of files under /assets/ change with their content.
    response.set("Cache-Control", request.path().starts_with("/assets/")
                                      ? "public, max-age=31536000, immutable"
                                      : "no-cache");
    // Pages of other origins may use the SDK.
    if (request.path().starts_with("/sdk/")) {
        response.set("Cross-Origin-Resource-Policy", "cross-origin");
        response.set("Access-Control-Allow-Origin", "*");
    }
    if (fresh(request, file->etag)) {
        response.status = 304;
    } else {
        response.body = std::string(file->bytes);
    }
    asked.answer(std::move(response));
}

net::Response Api::refusal(const net::Request& request, const Error& error,
                           std::string_view terminal_event) {
    auto response = problem(request.id, error, terminal_event);
    allow_reading(response, parts_.origins, request.header("Origin"));
    return response;
}

net::Response Api::refusal(const net::HttpRefusal& refused) {
    counters_.refused(Counters::Door::http, refused.reason);
    auto response = problem(refused);
    allow_reading(response, parts_.origins, refused.origin.empty() ? nullptr : &refused.origin);
    // Nobody was asked anything before a full house turned them away. Whoever it was may read that.
    if (refused.reason == net::http_reason::full) response.set("Access-Control-Allow-Origin", "*");
    return response;
}

std::string Api::base_url(const net::Client& client) const {
    if (!parts_.public_url.empty()) return parts_.public_url;
    return fmt::format("{}://{}", client.secure ? "https" : "http",
                       client.host.empty() ? "localhost" : client.host);
}

}  // namespace lifeline::api
