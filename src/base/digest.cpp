#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/check.h"

namespace lifeline {

namespace {

const EVP_MD* fetched_sha256() {
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return algorithm;
}

}  // namespace

struct Sha256::Context {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    Context() { begin(); }
    ~Context() { EVP_MD_CTX_free(context); }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    void begin() { CHECK(EVP_DigestInit_ex2(context, fetched_sha256(), nullptr) == 1); }
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

Sha256& Sha256::add(std::string_view bytes) {
    CHECK(EVP_DigestUpdate(context_->context, bytes.data(), bytes.size()) == 1);
    return *this;
}

Sha256& Sha256::add(std::span<const std::uint8_t> bytes) {
    return add(view(bytes));
}

Digest Sha256::finish() {
    Digest out;
    CHECK(EVP_DigestFinal_ex(context_->context, out.data(), nullptr) == 1);
    context_->begin();
    return out;
}

Digest Sha256::of(std::initializer_list<std::string_view> parts) {
    for (const auto part : parts) add(part);
    return finish();
}

Digest sha256(std::string_view bytes) {
    thread_local Sha256 hasher;
    return hasher.of({bytes});
}

std::array<std::uint8_t, 20> sha1(std::string_view bytes) {
    std::array<std::uint8_t, 20> out;
    unsigned size = 0;
    CHECK(EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, EVP_sha1(), nullptr) == 1);
    CHECK(size == out.size());
    return out;
}

Digest hmac_sha256(std::string_view key, std::string_view bytes) {
    Digest out;
    unsigned size = 0;
    CHECK(HMAC(fetched_sha256(), key.data(), static_cast<int>(key.size()),
               reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out.data(),
               &size) != nullptr);
    CHECK(size == out.size());
    return out;
}

bool equal_secret(std::string_view left, std::string_view right) {
    return left.size() == right.size() &&
           CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace lifeline
