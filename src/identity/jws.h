#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "contract/limits.h"
#include "identity/token_key.h"

namespace lifeline::identity {

// Cookies and proxies cut headers at 8 KiB; an access token larger than that helps nobody.
inline constexpr std::size_t token_bytes_max = contract::limits::token_bytes_max;

// A token in JWS compact form (RFC 7515), read but not yet believed: only its header can be seen.
// What it says comes out of `open`, which needs a key and a signature that holds, so nobody can
// read a claim too early by mistake. The header may name a key and must name an algorithm, but
// chooses neither: a key knows its own.
class CompactJws {
public:
    // `token` must outlive this. Refuses what is not exactly the form: other characters, left-over
    // bits, repeated members, `crit`.
    static Result<CompactJws> parse(std::string_view token);

    const std::string& algorithm() const { return algorithm_; }
    const std::string& key_id() const { return key_id_; }  // Empty: none.
    const std::string& type() const { return type_; }      // Empty: none.

    // The payload's bytes; token_invalid when the key is not for this token.
    Result<std::string> open(const TokenKey& key) const;

private:
    CompactJws() = default;

    std::string algorithm_;
    std::string key_id_;
    std::string type_;
    std::string_view signed_part_;
    std::string_view payload_;
    std::string signature_;
};

// The refusal of a token; `detail` is for the log and holds nothing of the token.
std::unexpected<Error> token_invalid(std::string_view detail);

}  // namespace lifeline::identity
