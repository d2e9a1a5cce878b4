#include "api/idempotency.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "base/text.h"
#include "contract/limits.h"

namespace lifeline::api {

Result<std::string> idempotency_key(const net::Request& request) {
    const auto* key = request.header("Idempotency-Key");
    if (key == nullptr) return std::string();
    const bool printable = std::ranges::all_of(*key, [](char c) { return c > ' ' && c < 127; });
    constexpr std::size_t most = contract::limits::idempotency_key_bytes_max;
    if (key->empty() || key->size() > most || !printable)
        return fail(
            Code::malformed, "idempotency_key_invalid",
            fmt::format("Idempotency-Key must be 1 to {} printable characters without spaces",
                        most));
    return *key;
}

std::string derived_id(std::string_view prefix, const identity::Principal& principal,
                       std::string_view route, std::string_view key) {
    // The lengths keep "ab" + "c" apart from "a" + "bc".
    std::string named;
    for (const std::string_view part :
         {std::string_view(principal.account_id), std::string_view(principal.user_id), route, key})
        named += std::to_string(part.size()) + ":" + std::string(part);
    const Digest digest = sha256(named);
    return std::string(prefix) + to_hex({digest.data(), 16});
}

}  // namespace lifeline::api
