#include "net/tls_context.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <csignal>
#include <cstdint>
#include <string_view>

#include "base/check.h"

namespace lifeline::net {

namespace {

std::string last_error() {
    const unsigned long code = ERR_peek_last_error();
    const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    return reason != nullptr ? reason : "cannot be read";
}

std::unexpected<Error> wrong(std::string_view what, const std::string& file) {
    return fail(Code::malformed, "config_invalid",
                fmt::format("{} \"{}\": {}", what, file, last_error()));
}

// Nobody is there to be asked.
int no_passphrase(char*, int, int, void*) {
    return 0;
}

// A peer that can do more than HTTP/1.1 is told that this is what is spoken here; with one that
// names nothing of ours the handshake goes on, and HTTP/1.1 is spoken all the same.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_bytes,
                    const unsigned char* offered, unsigned int offered_bytes, void*) {
    constexpr std::string_view ours = "http/1.1";
    const std::string_view list(reinterpret_cast<const char*>(offered), offered_bytes);
    for (std::size_t at = 0; at < list.size(); at += 1 + offered[at]) {
        if (list.substr(at + 1, offered[at]) != ours) continue;
        *chosen = offered + at + 1;
        *chosen_bytes = offered[at];
        return SSL_TLSEXT_ERR_OK;
    }
    return SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

void TlsContext::Free::operator()(SSL_CTX* context) const {
    SSL_CTX_free(context);
}
TlsContext::TlsContext(TlsContext&&) noexcept = default;
TlsContext& TlsContext::operator=(TlsContext&&) noexcept = default;
TlsContext::~TlsContext() = default;

TlsContext::TlsContext(SSL_CTX* context) : context_(context) {
    CHECK(context != nullptr);
    // OpenSSL writes to the descriptor without MSG_NOSIGNAL.
    std::signal(SIGPIPE, SIG_IGN);
    ERR_clear_error();
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
    // Idle connections keep no buffers; a send that was cut may go on from elsewhere.
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

Result<TlsContext> TlsContext::for_client(const std::string& ca_file) {
    TlsContext context(SSL_CTX_new(TLS_client_method()));
    SSL_CTX* const raw = context.context_.get();
    SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nullptr);
    const int loaded = ca_file.empty()
                           ? SSL_CTX_set_default_verify_paths(raw)
                           : SSL_CTX_load_verify_locations(raw, ca_file.c_str(), nullptr);
    if (loaded != 1) return wrong("certificate authorities in", ca_file);
    return context;
}

Result<TlsContext> TlsContext::for_server(const std::string& certificate_file,
                                          const std::string& key_file) {
    TlsContext context(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* const raw = context.context_.get();
    SSL_CTX_set_default_passwd_cb(raw, no_passphrase);
    if (SSL_CTX_use_certificate_chain_file(raw, certificate_file.c_str()) != 1)
        return wrong("certificate", certificate_file);
    if (SSL_CTX_use_PrivateKey_file(raw, key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(raw) != 1)
        return wrong("key", key_file);
    SSL_CTX_set_options(raw, SSL_OP_CIPHER_SERVER_PREFERENCE);
    // Tickets are enough to resume by, and are kept by the client.
    SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(raw, choose_protocol, nullptr);
    return context;
}

std::unique_ptr<TlsSession> TlsContext::connect(int descriptor, const std::string& host,
                                                Host kind) const {
    SSL* const ssl = SSL_new(context_.get());
    auto session = std::make_unique<TlsSession>(ssl);
    CHECK(SSL_set_fd(ssl, descriptor) == 1);
    SSL_set_connect_state(ssl);
    if (kind == Host::address) {
        CHECK(X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1);
    } else {
        CHECK(SSL_set1_host(ssl, host.c_str()) == 1);
        CHECK(SSL_set_tlsext_host_name(ssl, host.c_str()) == 1);
    }
    return session;
}

std::unique_ptr<TlsSession> TlsContext::accept(int descriptor) const {
    SSL* const ssl = SSL_new(context_.get());
    auto session = std::make_unique<TlsSession>(ssl);
    CHECK(SSL_set_fd(ssl, descriptor) == 1);
    SSL_set_accept_state(ssl);
    return session;
}

}  // namespace lifeline::net
