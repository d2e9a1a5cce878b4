#include "base/signature.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <utility>

#include "base/check.h"
#include "base/digest.h"

namespace lifeline {

struct KeyHandle {
    EVP_PKEY* key = nullptr;
    explicit KeyHandle(EVP_PKEY* owned) : key(owned) {}
    ~KeyHandle() { EVP_PKEY_free(key); }
    KeyHandle(const KeyHandle&) = delete;
    KeyHandle& operator=(const KeyHandle&) = delete;
};

namespace {

// Below 2,048 bits a key can be factored by the rich; above 8,192 it only costs us time.
constexpr int rsa_bits_min = 2'048;
constexpr int rsa_bits_max = 8'192;
constexpr std::size_t es256_half_bytes = 32;

template <auto Free>
struct Freed {
    void operator()(auto* object) const { Free(object); }
};
using Context = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;
using Memory = std::unique_ptr<BIO, Freed<BIO_free>>;
using Handle = std::shared_ptr<const KeyHandle>;

const unsigned char* raw(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::unexpected<Error> bad_key(std::string detail) {
    ERR_clear_error();
    return fail(Code::malformed, "config_invalid", std::move(detail));
}

Number number(std::string_view bytes) {
    return Number(BN_bin2bn(raw(bytes), static_cast<int>(bytes.size()), nullptr));
}

// One signing or verifying context a thread, begun anew for every signature.
EVP_MD_CTX* fresh_context() {
    thread_local const Context context(EVP_MD_CTX_new());
    CHECK(EVP_MD_CTX_reset(context.get()) == 1);
    return context.get();
}

const EVP_MD* digest_of(SignatureAlgorithm algorithm) {
    static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return algorithm == SignatureAlgorithm::ed25519 ? nullptr : sha256;
}

// Builds a public key of `type` and has OpenSSL prove that it is one: a point on its curve, a sound
// modulus and exponent.
Handle build(const char* type, OSSL_PARAM_BLD* parts) {
    const Params params(OSSL_PARAM_BLD_to_param(parts));
    const KeyContext maker(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    if (!params || !maker || EVP_PKEY_fromdata_init(maker.get()) != 1 ||
        EVP_PKEY_fromdata(maker.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
        EVP_PKEY_free(key);
        return nullptr;
    }
    return std::make_shared<const KeyHandle>(key);
}

bool sound(EVP_PKEY* key) {
    const KeyContext checker(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    return checker && EVP_PKEY_public_check(checker.get()) == 1;
}

// Which of our algorithms a key is for; an error names what is wrong with it.
Result<SignatureAlgorithm> judge(EVP_PKEY* key) {
    if (EVP_PKEY_is_a(key, "ED25519")) return SignatureAlgorithm::ed25519;
    if (EVP_PKEY_is_a(key, "EC")) {
        char group[32] = {};
        std::size_t size = 0;
        if (EVP_PKEY_get_group_name(key, group, sizeof group, &size) != 1 ||
            std::string_view(group, size) != "prime256v1")
            return bad_key("the curve is not P-256");
        if (!sound(key)) return bad_key("the point is not on the curve");
        return SignatureAlgorithm::es256;
    }
    if (EVP_PKEY_is_a(key, "RSA")) {
        const int bits = EVP_PKEY_get_bits(key);
        if (bits < rsa_bits_min) return bad_key("an RSA key needs at least 2048 bits");
        if (bits > rsa_bits_max) return bad_key("an RSA key may have at most 8192 bits");
        if (!sound(key)) return bad_key("the RSA modulus or exponent is not sound");
        return SignatureAlgorithm::rs256;
    }
    return bad_key("not an Ed25519, P-256 or RSA key");
}

// r and s side by side become the DER that OpenSSL reads. Zero and numbers that do not fit are
// refused by the verification itself.
std::string der_of(std::string_view signature) {
    if (signature.size() != 2 * es256_half_bytes) return {};
    const EcdsaSignature pair(ECDSA_SIG_new());
    CHECK(pair);
    CHECK(ECDSA_SIG_set0(pair.get(), number(signature.substr(0, es256_half_bytes)).release(),
                         number(signature.substr(es256_half_bytes)).release()) == 1);
    unsigned char* bytes = nullptr;
    const int size = i2d_ECDSA_SIG(pair.get(), &bytes);
    CHECK(size > 0);
    std::string out(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    return out;
}

}  // namespace

Result<VerifyKey> VerifyKey::ed25519(std::string_view public_key) {
    if (public_key.size() != ed25519_key_bytes) return bad_key("an Ed25519 key has 32 bytes");
    EVP_PKEY* key = EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, raw(public_key),
                                                   public_key.size());
    if (key == nullptr) return bad_key("not an Ed25519 key");
    return VerifyKey(SignatureAlgorithm::ed25519, std::make_shared<const KeyHandle>(key));
}

Result<VerifyKey> VerifyKey::es256(std::string_view x, std::string_view y) {
    if (x.size() != es256_half_bytes || y.size() != es256_half_bytes)
        return bad_key("a P-256 key has coordinates of 32 bytes");
    std::string point = "\x04";  // Uncompressed.
    point.append(x).append(y);
    const ParamBuilder parts(OSSL_PARAM_BLD_new());
    CHECK(parts);
    CHECK(OSSL_PARAM_BLD_push_utf8_string(parts.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1",
                                          0) == 1);
    CHECK(OSSL_PARAM_BLD_push_octet_string(parts.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                           point.size()) == 1);
    Handle key = build("EC", parts.get());
    if (!key) return bad_key("the point is not on the curve");
    const auto algorithm = judge(key->key);
    if (!algorithm) return fail(algorithm.error());
    return VerifyKey(*algorithm, std::move(key));
}

Result<VerifyKey> VerifyKey::rs256(std::string_view modulus, std::string_view exponent) {
    if (modulus.size() > rsa_bits_max / 8) return bad_key("an RSA key may have at most 8192 bits");
    if (exponent.empty() || exponent.size() > 8) return bad_key("the RSA exponent is not sound");
    const Number n = number(modulus);
    const Number e = number(exponent);
    const ParamBuilder parts(OSSL_PARAM_BLD_new());
    CHECK(n && e && parts);
    CHECK(OSSL_PARAM_BLD_push_BN(parts.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1);
    CHECK(OSSL_PARAM_BLD_push_BN(parts.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1);
    Handle key = build("RSA", parts.get());
    if (!key) return bad_key("not an RSA key");
    const auto algorithm = judge(key->key);
    if (!algorithm) return fail(algorithm.error());
    return VerifyKey(*algorithm, std::move(key));
}

Result<VerifyKey> VerifyKey::from_pem(std::string_view pem) {
    if (pem.find("PRIVATE KEY") != std::string_view::npos)
        return bad_key("this is a private key; configure the public one (openssl pkey -pubout)");
    if (pem.find("BEGIN CERTIFICATE") != std::string_view::npos)
        return bad_key("this is a certificate; extract its key (openssl x509 -pubkey -noout)");
    const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    EVP_PKEY* read =
        memory ? PEM_read_bio_PUBKEY(memory.get(), nullptr, nullptr, nullptr) : nullptr;
    if (read == nullptr) return bad_key("no readable BEGIN PUBLIC KEY block");
    Handle key = std::make_shared<const KeyHandle>(read);
    const auto algorithm = judge(read);
    if (!algorithm) return fail(algorithm.error());
    return VerifyKey(*algorithm, std::move(key));
}

bool VerifyKey::verify(std::string_view message, std::string_view signature) const {
    std::string der;
    if (algorithm_ == SignatureAlgorithm::es256) {
        der = der_of(signature);
        if (der.empty()) return false;
        signature = der;
    }
    EVP_MD_CTX* context = fresh_context();
    CHECK(EVP_DigestVerifyInit(context, nullptr, digest_of(algorithm_), nullptr, key_->key) == 1);
    const bool good = EVP_DigestVerify(context, raw(signature), signature.size(), raw(message),
                                       message.size()) == 1;
    if (!good) ERR_clear_error();  // Nobody asks OpenSSL why; its queue must not grow.
    return good;
}

SigningKey SigningKey::generate(Random& random) {
    return from_seed(random.bytes<ed25519_key_bytes>());
}

SigningKey SigningKey::from_seed(std::span<const std::uint8_t, ed25519_key_bytes> seed) {
    EVP_PKEY* key =
        EVP_PKEY_new_raw_private_key_ex(nullptr, "ED25519", nullptr, seed.data(), seed.size());
    CHECK(key != nullptr);
    auto handle = std::make_shared<const KeyHandle>(key);
    Ed25519PublicKey public_key;
    std::size_t size = public_key.size();
    CHECK(EVP_PKEY_get_raw_public_key(key, public_key.data(), &size) == 1);
    CHECK(size == public_key.size());
    return SigningKey(std::move(handle), public_key);
}

Ed25519Signature SigningKey::sign(std::string_view message) const {
    EVP_MD_CTX* context = fresh_context();
    CHECK(EVP_DigestSignInit(context, nullptr, nullptr, nullptr, key_->key) == 1);
    Ed25519Signature signature;
    std::size_t size = signature.size();
    CHECK(EVP_DigestSign(context, signature.data(), &size, raw(message), message.size()) == 1);
    CHECK(size == signature.size());
    return signature;
}

VerifyKey SigningKey::verify_key() const {
    auto key = VerifyKey::ed25519(view(public_key_));
    CHECK(key.has_value());
    return *std::move(key);
}

}  // namespace lifeline
