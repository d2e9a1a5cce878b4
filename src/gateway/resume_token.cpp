#include "gateway/resume_token.h"

#include "base/text.h"
#include "contract/json.h"
#include "contract/json_writer.h"

namespace lifeline::gateway {

namespace {

constexpr std::string_view prefix = "llr_";
constexpr std::size_t token_bytes_max = 1024;  // hello.resumeToken in schema/v1/frames.json

std::unexpected<Error> invalid() {
    return fail(Code::unauthenticated, "resume_token_invalid", "not a resume token of this server");
}

}  // namespace

Digest ResumeTokens::mac(std::string_view body) const {
    return hmac_sha256(view(key_.reveal()), body);
}

std::string ResumeTokens::mint(const ResumeClaim& claim) const {
    contract::JsonWriter json;
    json.object();
    json.key("session").value(claim.session_id);
    json.key("account").value(claim.account_id);
    json.key("user").value(claim.user_id);
    json.key("line").value(claim.line.text());
    json.key("generation").value(claim.generation.text());
    json.key("until").value(claim.expires_at.time_since_epoch().count());
    json.end();
    const std::string body = to_base64url(json.take());
    return std::string(prefix) + body + "." + to_base64url(view(mac(body)));
}

Result<ResumeClaim> ResumeTokens::read(std::string_view token) const {
    const auto dot = token.find('.');
    if (token.size() > token_bytes_max || !token.starts_with(prefix) ||
        dot == std::string_view::npos)
        return invalid();
    const auto body = token.substr(0, dot).substr(prefix.size());
    if (!equal_secret(to_base64url(view(mac(body))), token.substr(dot + 1))) return invalid();
    // From here on it is our own writing, of this or an earlier version.
    const auto json = contract::Json::parse(from_base64url(body).value_or(std::string()));
    if (!json) return invalid();
    const auto line = Generation::parse(json->text("line").value_or(""));
    const auto generation = Generation::parse(json->text("generation").value_or(""));
    const auto until = json->find("until");
    const auto millis = until ? until->as_integer() : std::nullopt;
    if (!line || !generation || !millis) return invalid();
    return ResumeClaim{.session_id = std::string(json->text("session").value_or("")),
                       .account_id = std::string(json->text("account").value_or("")),
                       .user_id = std::string(json->text("user").value_or("")),
                       .line = *line,
                       .generation = *generation,
                       .expires_at = WallTime(Millis(*millis))};
}

}  // namespace lifeline::gateway
