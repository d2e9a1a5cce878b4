#include "gateway/upgrade_request.h"

#include <charconv>
#include <string_view>

namespace lifeline::gateway {

namespace {

constexpr std::string_view protocol = "lifeline.v1";
constexpr std::string_view auth_prefix = "auth.";
constexpr std::string_view resume_prefix = "resume.";
constexpr std::string_view bearer = "Bearer ";

std::unexpected<Error> malformed(std::string detail) {
    return fail(Code::malformed, "request_invalid", std::move(detail));
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

// Goes over the comma-separated list in Sec-WebSocket-Protocol: the protocol itself, and the tokens
// that a browser cannot send in any other way.
Status read_protocols(std::string_view offered, UpgradeRequest& out) {
    bool spoken = false;
    while (!offered.empty()) {
        const auto comma = offered.find(',');
        const std::string_view item = trimmed(offered.substr(0, comma));
        offered = comma == std::string_view::npos ? "" : offered.substr(comma + 1);
        if (item == protocol) {
            spoken = true;
        } else if (item.starts_with(auth_prefix)) {
            if (!out.token.empty()) return malformed("more than one auth. token");
            out.token = item.substr(auth_prefix.size());
        } else if (item.starts_with(resume_prefix)) {
            if (!out.resume_token.empty()) return malformed("more than one resume. token");
            out.resume_token = item.substr(resume_prefix.size());
        }
    }
    if (!spoken) return malformed("Sec-WebSocket-Protocol must offer lifeline.v1");
    return {};
}

Status read_cursor(const net::Request& request, UpgradeRequest& out) {
    if (const auto* epoch = request.query("epoch")) out.epoch = *epoch;
    const auto* after = request.query("after");
    if (after == nullptr) return {};
    if (*after == "acked") {
        out.after_acked = true;
        return {};
    }
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(after->data(), after->data() + after->size(), value);
    if (after->empty() || error != std::errc{} || end != after->data() + after->size())
        return fail(Code::malformed, "cursor_invalid",
                    "after must be a seq, a whole number, or the word acked");
    out.after = value;
    return {};
}

bool is_upgrade(const net::Request& request) {
    return request.method == "GET" &&
           net::header_has_token(request.headers, "Upgrade", "websocket") &&
           net::header_has_token(request.headers, "Connection", "upgrade");
}

}  // namespace

Result<UpgradeRequest> read_upgrade(const net::Request& request, std::string session_id) {
    for (const std::string_view name : {"token", "access_token", "auth", "jwt"})
        if (request.query(name) != nullptr)
            return fail(Code::malformed, "token_in_url", "a token must not be in the URL");
    if (!is_upgrade(request))
        return fail(Code::malformed, "upgrade_required", "this address is for WebSocket upgrades");
    const auto* version = request.header("Sec-WebSocket-Version");
    if (version == nullptr || *version != "13")
        return fail(Code::malformed, "upgrade_required", "Sec-WebSocket-Version must be 13");

    UpgradeRequest out;
    out.session_id = std::move(session_id);
    out.browser = request.header("Origin") != nullptr;
    const auto* key = request.header("Sec-WebSocket-Key");
    if (key == nullptr || key->size() != 24) return malformed("Sec-WebSocket-Key must be 16 bytes");
    out.key = *key;
    const auto* offered = request.header("Sec-WebSocket-Protocol");
    if (offered == nullptr) return malformed("Sec-WebSocket-Protocol is missing");
    if (const auto read = read_protocols(*offered, out); !read) return fail(read.error());
    if (const auto* authorization = request.header("Authorization")) {
        if (!authorization->starts_with(bearer) || !out.token.empty())
            return malformed("Authorization must be one Bearer token");
        out.token = authorization->substr(bearer.size());
    }
    if (const auto read = read_cursor(request, out); !read) return fail(read.error());
    return out;
}

}  // namespace lifeline::gateway
