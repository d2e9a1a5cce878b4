#include <fmt/format.h>

#include <algorithm>

#include "app/checkup.h"
#include "app/socket_probe.h"
#include "contract/json.h"
#include "identity/access_token.h"
#include "net/dial.h"

namespace lifeline::app {

namespace {

constexpr Millis socket_timeout = std::chrono::seconds(10);
constexpr Millis certificate_warn = std::chrono::days(14);

// "https://*.example.app" as one of those it stands for.
std::string example_of(std::string origin) {
    if (const auto star = origin.find('*'); star != std::string::npos)
        origin.replace(star, 1, "doctor");
    return origin;
}

std::string op_of(const std::string& frame) {
    const auto json = contract::Json::parse(frame);
    return json ? std::string(json->text("op").value_or("")) : std::string();
}

}  // namespace

void Checkup::public_url() {
    const std::string name = "public URL";
    if (url_.empty())
        return note(name, Verdict::warn, "none is set",
                    "set public_url, or name it with --url: without one, links and connect URLs "
                    "follow the request's Host");
    const auto reply = ask("/.well-known/lifeline-keys.json");
    if (!reply)
        return note(name, Verdict::fail, reply.error().detail,
                    "start the server; let the proxy and the name lead to it");
    if (reply->status != 200)
        return note(name, Verdict::fail, fmt::format("{} answers {}", url_, reply->status),
                    "let the proxy pass every path on, unchanged");
    is_us_ = keys_ && keys_->is_in_jwks(reply->body);
    if (!keys_)
        return note(name, Verdict::warn,
                    url_ + " answers; whether it is this instance is not known",
                    "run doctor where the data folder is");
    note(name, is_us_ ? Verdict::ok : Verdict::fail,
         is_us_ ? url_ + " is this instance" : url_ + " is another instance: its keys are not ours",
         is_us_ ? "" : "correct public_url, the proxy, or --data");
}

void Checkup::origins() {
    if (url_.empty()) return;
    for (const std::string& listed : config_.origins) {
        const std::string name = "origin " + listed;
        const std::string origin = example_of(listed);
        const auto reply = ask("/v1/call/sessions", "OPTIONS",
                               {{"Origin", origin},
                                {"Access-Control-Request-Method", "POST"},
                                {"Access-Control-Request-Headers", "authorization,content-type"}});
        if (!reply) {
            note(name, Verdict::fail, reply.error().detail, "as for the public URL");
            continue;
        }
        const auto* allowed = net::find_header(reply->headers, "Access-Control-Allow-Origin");
        const bool fine = reply->status == 204 && allowed != nullptr && *allowed == origin;
        note(
            name, fine ? Verdict::ok : Verdict::fail,
            fine ? "a preflight passes"
                 : fmt::format("a preflight is answered with {}{}", reply->status,
                               allowed == nullptr ? ", without Access-Control-Allow-Origin" : ""),
            fine ? "" : "start the server with this configuration; let the proxy leave CORS to it");
    }
}

void Checkup::certificate() {
    const auto url = net::parse_url(url_);
    if (url_.empty() || !url || !url->is_secure()) return;
    const auto seen = net::Dialed::open(*url, socket_timeout);
    if (!seen) return note("certificate", Verdict::fail, seen.error().detail, "as it says");
    const auto& shown = *seen->certificate();
    const auto left = std::chrono::floor<std::chrono::days>(shown.not_after - SystemClock().wall());
    const std::string found =
        fmt::format("good for {} days, for {}", left.count(), fmt::join(shown.names, ", "));
    if (!shown.problem.empty())
        return note("certificate", Verdict::fail, fmt::format("{}: {}", shown.problem, found),
                    "install one for this host, with its whole chain, at whatever ends TLS");
    const bool soon = left < certificate_warn;
    note("certificate", soon ? Verdict::warn : Verdict::ok, found,
         soon ? "renew it, and see why that did not happen by itself" : "");
}

// A call of its own, so that there is a socket that stays open for a ping.
void Checkup::web_socket() {
    const std::string name = "WebSocket";
    if (!is_us_) {
        if (!url_.empty())
            note(name, Verdict::warn, "not tried: the public URL is not known to be this instance");
        return;
    }
    const WallTime now = SystemClock().wall();
    identity::Principal doctor;
    doctor.user_id = "usr_doctor";
    doctor.account_id = "acct_doctor";
    doctor.role = contract::Role::user;
    doctor.expires_at = now + std::chrono::minutes(5);
    const std::string token = identity::mint_access_token(*keys_, doctor, now);
    const net::Headers headers{{"Authorization", "Bearer " + token},
                               {"Content-Type", "application/json"}};
    const auto made = ask("/v1/call/sessions", "POST", headers, R"({"channel":"text"})");
    if (!made || made->status != 201)
        return note(
            name, Verdict::fail,
            made ? fmt::format("a call cannot be made: {}", made->body) : made.error().detail,
            "as its `fix` says");
    const auto json = contract::Json::parse(made->body);
    const auto session = json ? json->find("session") : std::nullopt;
    const std::string id(session ? session->text("sessionId").value_or("") : "");
    const std::string path = "/v1/call/sessions/" + id;
    auto url = net::parse_url(url_ + path + "/ws");
    const auto seen = url ? probe_socket(*url, url->origin(), token, random_, socket_timeout)
                          : Result<SocketSeen>(fail(url.error()));
    (void)ask(path + "/state", "POST", headers, R"({"status":"ended"})");
    if (!seen)
        return note(
            name, Verdict::fail, seen.error().detail,
            "let the proxy pass on Upgrade and Connection, and speak HTTP/1.1 to the server");
    const std::string op = op_of(seen->first_frame);
    if (op != "hello")
        return note(name, Verdict::fail,
                    fmt::format("it opens, and the first frame is {}",
                                seen->first_frame.empty() ? "missing" : seen->first_frame),
                    "let the proxy pass bytes on as they come, without a buffer");
    if (!seen->pong)
        return note(name, Verdict::fail, "it opens, but a ping does not come back",
                    "let the proxy pass control frames on, and keep its idle timeout above "
                    "heartbeat_ms");
    note(name, Verdict::ok, "opens, and a ping comes back");
}

}  // namespace lifeline::app
