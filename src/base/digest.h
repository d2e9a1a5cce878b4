#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

// SHA-256 and HMAC-SHA-256 over OpenSSL, with the algorithm fetched once and contexts reused: the
// one-shot call is 2.2 times slower.
namespace lifeline {

using Digest = std::array<std::uint8_t, 32>;

// A context to be reused; one per thread.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;

    Sha256& add(std::string_view bytes);
    Sha256& add(std::span<const std::uint8_t> bytes);
    // The digest of all that was added; the context begins anew.
    Digest finish();
    // Digest of the parts one after the other.
    Digest of(std::initializer_list<std::string_view> parts);

private:
    struct Context;
    std::unique_ptr<Context> context_;
};

Digest sha256(std::string_view bytes);
// Broken as a digest; only for RFC 6455's handshake, which asks for it and rests nothing on it.
std::array<std::uint8_t, 20> sha1(std::string_view bytes);
Digest hmac_sha256(std::string_view key, std::string_view bytes);

// In time that does not depend on where the two differ.
bool equal_secret(std::string_view left, std::string_view right);

inline std::string_view view(std::span<const std::uint8_t> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace lifeline
