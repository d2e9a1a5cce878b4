#include "identity/sealed_token.h"

#include <fmt/format.h>

#include "base/text.h"
#include "identity/jws.h"

namespace lifeline::identity {

std::string seal(std::string_view prefix, std::string_view body_json, const Digest& key) {
    const std::string body = to_base64url(body_json);
    return fmt::format("{}{}.{}", prefix, body, to_base64url(view(hmac_sha256(view(key), body))));
}

Result<contract::Json> unseal(std::string_view prefix, std::string_view kind,
                              std::string_view token, const Digest& key) {
    if (token.size() > token_bytes_max) return token_invalid("longer than a token may be");
    const auto dot = token.find('.');
    if (!token.starts_with(prefix) || dot == std::string_view::npos)
        return token_invalid(fmt::format("no {}", kind));
    const auto body = token.substr(0, dot).substr(prefix.size());
    const Digest mac = hmac_sha256(view(key), body);
    if (!equal_secret(to_base64url(view(mac)), token.substr(dot + 1)))
        return token_invalid(fmt::format("the {}'s MAC does not hold", kind));
    const auto bytes = from_base64url(body);
    auto json = contract::Json::parse(bytes.value_or(std::string()));
    if (!json) return token_invalid(fmt::format("a {} of another version", kind));
    return json;
}

}  // namespace lifeline::identity
