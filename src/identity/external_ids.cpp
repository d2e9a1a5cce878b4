#include "identity/external_ids.h"

#include <fmt/format.h>

#include <cstdint>

namespace lifeline::identity {

namespace {

constexpr std::string_view base32 = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::size_t id_chars = 26;  // 130 bits.

std::string to_base32(const Digest& digest) {
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (const std::uint8_t byte : digest) {
        bits = bits << 8 | byte;
        count += 8;
        for (; count >= 5 && out.size() < id_chars; count -= 5)
            out.push_back(base32[bits >> (count - 5) & 31]);
        if (out.size() == id_chars) break;
    }
    return out;
}

}  // namespace

std::string ExternalIds::derive(std::string_view prefix, std::string_view issuer,
                                std::string_view name) const {
    const auto identity = fmt::format("{}{}:{}{}", prefix, issuer.size(), issuer, name);
    return std::string(prefix) + to_base32(hmac_sha256(view(key_.reveal()), identity));
}

std::string ExternalIds::user_id(std::string_view issuer, std::string_view subject) const {
    return derive("usr_", issuer, subject);
}

std::string ExternalIds::account_id(std::string_view issuer, std::string_view name) const {
    return derive("acct_", issuer, name);
}

}  // namespace lifeline::identity
