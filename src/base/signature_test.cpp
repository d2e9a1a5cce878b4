#include "base/signature.h"

#include <gtest/gtest.h>

#include <string>

#include "base/digest.h"
#include "base/text.h"

namespace lifeline {

namespace {

// Signatures of "a message" made by Node's crypto, with keys that were then thrown away.
constexpr std::string_view message = "a message";
constexpr std::string_view ec_x = "LZW7WHXuh060IQsNMkqy_q207BMOiujKQFaoDRq1TkY";
constexpr std::string_view ec_y = "yvAzaelRrwZzqPq_GyR_HY9Bph2Nu4TuQab70BQOahI";
constexpr std::string_view ec_signature =
    "G7iZU10mk4pX-h13aFJSbhMuInX39-rnWIUsymYmyTgn_2hGTHnUXp06kZFSfTVhsqfZbRs1H8QF3wuyb7ac9Q";
constexpr std::string_view ec_der_signature =
    "MEUCICBRnAA2QqVA7YqZq8Hjy9JClyI8cUuA2trvkw0hPXWaAiEA4ANo7yX5R6pbWnQw0IItlMdQAz6yaXI0G09a"
    "O-xMFOU";
constexpr std::string_view ec_pem =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAELZW7WHXuh060IQsNMkqy/q207BMO\n"
    "iujKQFaoDRq1TkbK8DNp6VGvBnOo+r8bJH8dj0GmHY27hO5BpvvQFA5qEg==\n"
    "-----END PUBLIC KEY-----\n";
constexpr std::string_view rsa_n =
    "u2l8SGw2FL_zXLeDuBgCSAJTHi3H4TmnNx8iDboQ0ytc8JV9JJfvAxyGxiG515l-G-7nHMejwp7eVNmsrXjhf352"
    "X5x5kx4b7TQYUH3gxtYqae8SsX4l2vnFlrgR7NgPDdDQQKAWOm13Q23_cLBbkIvgUHiLktXv0RdOTfA-OQB2a_z8"
    "8yDelRbrRYM8BZN-eLKC0OcGP6AD44-DiOQZu7uMFOoFu13PQbz-c0kUWJsnYFBcz1Bjtxa7cUzRZCaVR01YvxLa"
    "v-dilaTAl5mlg8ZSY5jpokr2rNnWlqi-lRlccaEvU7UvVaEIF9o5mrtNs_8lC3i15cCWRSIl7PRLhw";
constexpr std::string_view rsa_signature =
    "YxFFeJfhmyV6MdIybdXfosv0n1MwWJrwyHhweVrcxBDu2592oOtDykU8d8JhzvGp_vFP2Qt0do0dtfw6fgR6HMd0"
    "XQRE8Aq_CyQWXEMpKkGeUJaEmxywrmQR-QeAm1IEAuzAnp7jcIs2fW6712geyYyTppDzmc4ixyJY7njGdMxA5HRb"
    "4bYgxKT5je2en9UYwtAmq_KzNpDlKE322a9ffYmttoOXhhBFBF4s5P1gR4--KF8yrCmVDh-xXt3owKYWnhPY4lBT"
    "gRWVPzBbh2bCE1a5PqnN8s6FUInFl3T1MzCGY6fM3b0ybSAVMGx2SiRO9rwWihc8KFyAo2dXObO1HA";
constexpr std::string_view rsa_pem =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu2l8SGw2FL/zXLeDuBgC\n"
    "SAJTHi3H4TmnNx8iDboQ0ytc8JV9JJfvAxyGxiG515l+G+7nHMejwp7eVNmsrXjh\n"
    "f352X5x5kx4b7TQYUH3gxtYqae8SsX4l2vnFlrgR7NgPDdDQQKAWOm13Q23/cLBb\n"
    "kIvgUHiLktXv0RdOTfA+OQB2a/z88yDelRbrRYM8BZN+eLKC0OcGP6AD44+DiOQZ\n"
    "u7uMFOoFu13PQbz+c0kUWJsnYFBcz1Bjtxa7cUzRZCaVR01YvxLav+dilaTAl5ml\n"
    "g8ZSY5jpokr2rNnWlqi+lRlccaEvU7UvVaEIF9o5mrtNs/8lC3i15cCWRSIl7PRL\n"
    "hwIDAQAB\n"
    "-----END PUBLIC KEY-----\n";
constexpr std::string_view rsa_1024_n =
    "0O4Mm1HcPzUX-kNLaLXJ-9rIHdfObsmuQTvLLDdjWpbrAYB7_3iuSUuW02BDFkFoE53WMb_etlxVOHAovdkOwDwb"
    "-ixqjKNXcjoeC0bmS9v2NJPN6IOlanxFTv5t_MPOv_GHI15BBZwXzhT-sO7JuH4VgQMwNq_BBFazquFvkpU";
constexpr std::string_view rsa_1024_pem =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDQ7gybUdw/NRf6Q0totcn72sgd\n"
    "185uya5BO8ssN2NalusBgHv/eK5JS5bTYEMWQWgTndYxv962XFU4cCi92Q7APBv6\n"
    "LGqMo1dyOh4LRuZL2/Y0k83og6VqfEVO/m38w86/8YcjXkEFnBfOFP6w7sm4fhWB\n"
    "AzA2r8EEVrOq4W+SlQIDAQAB\n"
    "-----END PUBLIC KEY-----\n";
constexpr std::string_view p384_pem =
    "-----BEGIN PUBLIC KEY-----\n"
    "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEW7JsxwYHuHg3CHCRvkWLCWHQdmJNxlCO\n"
    "7fytKAlDvDymDJr1V0svjGiLA2LoGNaTJHj7s+CFXh55vLFM16jsOBmIUNPFi58V\n"
    "p03cQyEOgAEHWfhWXATDFB0Y14Cp9nBh\n"
    "-----END PUBLIC KEY-----\n";
constexpr std::string_view ed_x = "uMynrry4yY3Jti7TeOdfjpjMgortp3VOnccgEo8WWvA";
constexpr std::string_view ed_signature =
    "yOb4DiN2qYZWeKXklAiE2EUAIeOUk5FdDzetP9xMvYgKBPzktFEAxRhRSZqN_Tqf5R0sUuwzUcDK6aXZ82tADg";
constexpr std::string_view ed_pem =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAuMynrry4yY3Jti7TeOdfjpjMgortp3VOnccgEo8WWvA=\n"
    "-----END PUBLIC KEY-----\n";

std::string bytes(std::string_view base64url) {
    return from_base64url(base64url).value();
}

std::string hex(std::string_view text) {
    return from_hex(text).value();
}

VerifyKey ec_key() {
    return VerifyKey::es256(bytes(ec_x), bytes(ec_y)).value();
}

VerifyKey rsa_key() {
    return VerifyKey::rs256(bytes(rsa_n), bytes("AQAB")).value();
}

VerifyKey ed_key() {
    return VerifyKey::ed25519(bytes(ed_x)).value();
}

// The order of P-256's group: s and n - s are both signatures, n + s must not be.
std::string with_s(std::string_view signature, std::string_view s) {
    return std::string(signature.substr(0, 32)) + std::string(s);
}

}  // namespace

TEST(Signature, SignsAsRfc8032Does) {
    const std::string seed =
        hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    const auto key = SigningKey::from_seed(std::span<const std::uint8_t, ed25519_key_bytes>(
        reinterpret_cast<const std::uint8_t*>(seed.data()), seed.size()));
    EXPECT_EQ(to_hex(key.public_key()),
              "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    EXPECT_EQ(to_hex(key.sign("\x72")),
              "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
              "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    EXPECT_TRUE(key.verify_key().verify("\x72", view(key.sign("\x72"))));
    EXPECT_FALSE(key.verify_key().verify("\x73", view(key.sign("\x72"))));
}

TEST(Signature, VerifiesWhatOthersSigned) {
    struct Case {
        const char* name;
        VerifyKey key;
        std::string signature;
        bool good;
    };
    const std::string ec = bytes(ec_signature);
    const std::string rsa = bytes(rsa_signature);
    const std::string ed = bytes(ed_signature);
    const std::string order =
        hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    const std::string zeros(32, '\0');
    const Case cases[] = {
        {"Ed25519", ed_key(), ed, true},
        {"Ed25519 key from PEM", VerifyKey::from_pem(ed_pem).value(), ed, true},
        {"Ed25519, empty", ed_key(), "", false},
        {"Ed25519, one byte short", ed_key(), ed.substr(1), false},
        {"Ed25519, one byte more", ed_key(), ed + '\0', false},
        {"Ed25519, all zeros", ed_key(), zeros + zeros, false},
        {"Ed25519, S not reduced", ed_key(), ed.substr(0, 32) + std::string(32, '\xff'), false},
        {"ES256", ec_key(), ec, true},
        {"ES256 key from PEM", VerifyKey::from_pem(ec_pem).value(), ec, true},
        {"ES256, DER instead of r and s", ec_key(), bytes(ec_der_signature), false},
        {"ES256, empty", ec_key(), "", false},
        {"ES256, one byte short", ec_key(), ec.substr(0, 63), false},
        {"ES256, one byte more", ec_key(), ec + '\0', false},
        {"ES256, r and s zero", ec_key(), zeros + zeros, false},
        {"ES256, s zero", ec_key(), with_s(ec, zeros), false},
        {"ES256, r zero", ec_key(), zeros + ec.substr(32), false},
        {"ES256, s is the group's order", ec_key(), with_s(ec, order), false},
        {"ES256, r and s are the order", ec_key(), order + order, false},
        {"ES256, swapped r and s", ec_key(), ec.substr(32) + ec.substr(0, 32), false},
        {"RS256", rsa_key(), rsa, true},
        {"RS256 key from PEM", VerifyKey::from_pem(rsa_pem).value(), rsa, true},
        {"RS256, empty", rsa_key(), "", false},
        {"RS256, one byte short", rsa_key(), rsa.substr(1), false},
        {"RS256, leading zero byte", rsa_key(), '\0' + rsa, false},
        {"RS256, zero", rsa_key(), std::string(256, '\0'), false},
        {"RS256, one", rsa_key(), std::string(255, '\0') + '\1', false},
        {"another algorithm's signature", rsa_key(), ed, false},
    };
    for (const auto& [name, key, signature, good] : cases) {
        SCOPED_TRACE(name);
        EXPECT_EQ(key.verify(message, signature), good);
        EXPECT_FALSE(key.verify("another message", signature));
    }
}

TEST(Signature, RefusesUnsoundKeysAndSaysWhy) {
    struct Case {
        const char* name;
        Result<VerifyKey> key;
        const char* detail;
    };
    const std::string x = bytes(ec_x);
    const std::string y = bytes(ec_y);
    const std::string n = bytes(rsa_n);
    const Case cases[] = {
        {"short Ed25519", VerifyKey::ed25519(std::string(31, 'a')), "32 bytes"},
        {"no Ed25519", VerifyKey::ed25519(""), "32 bytes"},
        {"short x", VerifyKey::es256(x.substr(1), y), "32 bytes"},
        {"P-384 coordinates", VerifyKey::es256(x + x.substr(16), y + y.substr(16)), "32 bytes"},
        {"off the curve", VerifyKey::es256(x, x), "not on the curve"},
        {"the point at infinity", VerifyKey::es256(std::string(32, '\0'), std::string(32, '\0')),
         "not on the curve"},
        {"RSA 1024", VerifyKey::rs256(bytes(rsa_1024_n), bytes("AQAB")), "2048 bits"},
        {"RSA 1024, padded with zeros",
         VerifyKey::rs256(std::string(128, '\0') + bytes(rsa_1024_n), bytes("AQAB")), "2048 bits"},
        {"RSA without modulus", VerifyKey::rs256("", bytes("AQAB")), "RSA"},
        {"RSA too long", VerifyKey::rs256(std::string(1'025, '\xff'), bytes("AQAB")), "8192 bits"},
        {"RSA without exponent", VerifyKey::rs256(n, ""), "exponent"},
        {"RSA exponent 1", VerifyKey::rs256(n, "\x01"), "exponent"},
        {"RSA exponent even", VerifyKey::rs256(n, "\x04"), "exponent"},
        {"RSA exponent of nine bytes", VerifyKey::rs256(n, "123456789"), "exponent"},
        {"RSA even modulus", VerifyKey::rs256(n.substr(0, 255) + '\x02', bytes("AQAB")), "RSA"},
        {"PEM: RSA 1024", VerifyKey::from_pem(rsa_1024_pem), "2048 bits"},
        {"PEM: P-384", VerifyKey::from_pem(p384_pem), "P-256"},
        {"PEM: nothing", VerifyKey::from_pem(""), "BEGIN PUBLIC KEY"},
        {"PEM: torn", VerifyKey::from_pem(rsa_pem.substr(0, 200)), "BEGIN PUBLIC KEY"},
        {"PEM: private", VerifyKey::from_pem("-----BEGIN PRIVATE KEY-----\n"), "private key"},
        {"PEM: certificate", VerifyKey::from_pem("-----BEGIN CERTIFICATE-----\n"), "certificate"},
    };
    for (const auto& [name, key, detail] : cases) {
        SCOPED_TRACE(name);
        ASSERT_FALSE(key.has_value());
        EXPECT_EQ(key.error().code, Code::malformed);
        EXPECT_EQ(key.error().reason, "config_invalid");
        EXPECT_NE(key.error().detail.find(detail), std::string::npos) << key.error().detail;
    }
}

TEST(Signature, AKeyKnowsItsAlgorithm) {
    EXPECT_EQ(ed_key().algorithm(), SignatureAlgorithm::ed25519);
    EXPECT_EQ(ec_key().algorithm(), SignatureAlgorithm::es256);
    EXPECT_EQ(rsa_key().algorithm(), SignatureAlgorithm::rs256);
}

TEST(Signature, EveryGeneratedKeyIsAnother) {
    SystemRandom random;
    const auto one = SigningKey::generate(random);
    const auto other = SigningKey::generate(random);
    EXPECT_NE(one.public_key(), other.public_key());
    EXPECT_FALSE(other.verify_key().verify(message, view(one.sign(message))));
}

}  // namespace lifeline
