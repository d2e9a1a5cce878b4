#include "identity/jws.h"

#include <optional>
#include <utility>

#include "base/text.h"
#include "contract/json.h"
#include "contract/reason.h"

namespace lifeline::identity {

namespace {

constexpr std::size_t header_bytes_max = 2'048;
constexpr std::size_t header_text_bytes_max = 256;
// RSA with 8,192 bits, the longest that a key may have.
constexpr std::size_t signature_bytes_max = 1'024;

struct Segments {
    std::string_view header;
    std::string_view payload;
    std::string_view signature;
};

std::optional<Segments> split(std::string_view token) {
    const auto first = token.find('.');
    if (first == std::string_view::npos) return std::nullopt;
    const auto second = token.find('.', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    if (token.find('.', second + 1) != std::string_view::npos) return std::nullopt;
    return Segments{token.substr(0, first), token.substr(first + 1, second - first - 1),
                    token.substr(second + 1)};
}

// A member that, where it is there, must be a short text.
Result<std::string> header_text(const contract::Json& header, std::string_view name) {
    const auto member = header.find(name);
    if (!member) return std::string();
    const auto text = member->as_text();
    if (!text || text->empty() || text->size() > header_text_bytes_max)
        return token_invalid("a header member is no text or too long");
    return std::string(*text);
}

}  // namespace

std::unexpected<Error> token_invalid(std::string_view detail) {
    return contract::refuse(contract::reason::token_invalid, std::string(detail));
}

Result<CompactJws> CompactJws::parse(std::string_view token) {
    if (token.size() > token_bytes_max) return token_invalid("longer than a token may be");
    const auto segments = split(token);
    if (!segments) return token_invalid("not three segments");
    if (segments->signature.empty()) return token_invalid("not signed");

    const auto header_bytes = from_base64url(segments->header);
    if (!header_bytes || header_bytes->size() > header_bytes_max)
        return token_invalid("the header is not base64url or too long");
    const auto header = contract::Json::parse(*header_bytes);
    if (!header || !header->is_object()) return token_invalid("the header is no JSON object");
    // Extensions that must be understood, of which we understand none; `b64` is one of them.
    if (header->find("crit") || header->find("b64"))
        return token_invalid("the header asks for an extension");

    CompactJws out;
    for (const auto& [name, into] :
         {std::pair{"alg", &out.algorithm_}, std::pair{"kid", &out.key_id_},
          std::pair{"typ", &out.type_}}) {
        auto text = header_text(*header, name);
        if (!text) return fail(text.error());
        *into = *std::move(text);
    }
    if (out.algorithm_.empty()) return token_invalid("the header has no alg");

    auto signature = from_base64url(segments->signature);
    if (!signature || signature->size() > signature_bytes_max)
        return token_invalid("the signature is not base64url or too long");
    out.signature_ = *std::move(signature);
    out.payload_ = segments->payload;
    out.signed_part_ = token.substr(0, segments->header.size() + 1 + segments->payload.size());
    return out;
}

Result<std::string> CompactJws::open(const TokenKey& key) const {
    if (!names_algorithm(algorithm_, key.algorithm()))
        return token_invalid("the algorithm is not the key's");
    if (!key_id_.empty() && !key.key_id().empty() && key_id_ != key.key_id())
        return token_invalid("the key is another one");
    if (!key.verify(signed_part_, signature_)) return token_invalid("the signature does not hold");
    auto payload = from_base64url(payload_);
    if (!payload) return token_invalid("the payload is not base64url");
    return *std::move(payload);
}

}  // namespace lifeline::identity
