#include "identity/connect_token.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/check.h"
#include "base/text.h"
#include "contract/json.h"
#include "contract/json_writer.h"
#include "contract/reason.h"
#include "identity/jws.h"

namespace lifeline::identity {

namespace {

std::int64_t millis(WallTime time) {
    return time.time_since_epoch().count();
}

// Reads a body whose MAC held: we wrote it, with this or an earlier version of `mint`.
class Body {
public:
    explicit Body(const contract::Json& json) : json_(json) {}

    std::string text(std::string_view name) {
        const auto value = json_.text(name);
        whole_ = whole_ && value;
        return std::string(value.value_or(std::string_view()));
    }
    WallTime moment(std::string_view name) {
        const auto member = json_.find(name);
        const auto value = member ? member->as_integer() : std::nullopt;
        whole_ = whole_ && value;
        return WallTime(Millis(value.value_or(0)));
    }
    contract::Role role(std::string_view name) {
        const auto value = contract::role_from(text(name));
        whole_ = whole_ && value;
        return value.value_or(contract::Role::viewer);
    }
    bool whole() const { return whole_; }

private:
    const contract::Json& json_;
    bool whole_ = true;
};

}  // namespace

Digest ConnectTokens::mac(std::string_view body) const {
    return hmac_sha256(view(key_.reveal()), body);
}

std::string ConnectTokens::mint(const Principal& principal, WallTime now, Millis ttl) const {
    CHECK(principal.call.has_value());
    contract::JsonWriter json;
    json.object();
    json.key("session").value(principal.call->session_id);
    json.key("callRole").value(contract::to_text(principal.call->role));
    json.key("user").value(principal.user_id);
    json.key("account").value(principal.account_id);
    json.key("role").value(contract::to_text(principal.role));
    json.key("name").value(principal.display_name);
    json.key("key").value(principal.key_id);
    json.key("issuer").value(principal.issuer);
    json.key("subject").value(principal.subject);
    json.key("until").value(millis(std::min(now + ttl, principal.expires_at)));
    json.key("principalUntil").value(millis(principal.expires_at));
    json.end();
    const std::string body = to_base64url(json.take());
    return std::string(connect_token_prefix) + body + "." + to_base64url(view(mac(body)));
}

Result<Principal> ConnectTokens::verify(std::string_view token, WallTime now) const {
    if (token.size() > token_bytes_max) return token_invalid("longer than a token may be");
    const auto dot = token.find('.');
    if (!token.starts_with(connect_token_prefix) || dot == std::string_view::npos)
        return token_invalid("no connect token");
    const auto body = token.substr(0, dot).substr(connect_token_prefix.size());
    if (!equal_secret(to_base64url(view(mac(body))), token.substr(dot + 1)))
        return token_invalid("the connect token's MAC does not hold");

    // From here on it is our own writing, of this or an earlier version.
    const auto bytes = from_base64url(body);
    const auto json = contract::Json::parse(bytes.value_or(std::string()));
    if (!json) return token_invalid("a connect token of another version");
    Body fields(*json);
    Principal principal;
    principal.call = CallBinding{fields.text("session"), fields.role("callRole")};
    principal.user_id = fields.text("user");
    principal.account_id = fields.text("account");
    principal.role = fields.role("role");
    principal.display_name = fields.text("name");
    principal.key_id = fields.text("key");
    principal.issuer = fields.text("issuer");
    principal.subject = fields.text("subject");
    principal.expires_at = fields.moment("principalUntil");
    const WallTime until = fields.moment("until");
    if (!fields.whole()) return token_invalid("a connect token of another version");
    // Our own clock made it, so there is no skew to allow for.
    if (now >= until)
        return contract::refuse(contract::reason::token_expired, "the connect token has expired");
    return principal;
}

}  // namespace lifeline::identity
