#include "net/tls_socket.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <climits>
#include <csignal>
#include <utility>

#include "base/check.h"

namespace lifeline::net {

namespace {

std::string last_error() {
    const unsigned long code = ERR_get_error();
    if (code == 0) return "the connection broke";
    const char* reason = ERR_reason_error_string(code);
    return reason != nullptr ? reason : "an error without a name";
}

}  // namespace

void TlsContext::Free::operator()(SSL_CTX* context) const {
    SSL_CTX_free(context);
}
TlsContext::TlsContext(TlsContext&&) noexcept = default;
TlsContext& TlsContext::operator=(TlsContext&&) noexcept = default;
TlsContext::~TlsContext() = default;

Result<TlsContext> TlsContext::for_client(const std::string& ca_file) {
    // OpenSSL writes to the descriptor without MSG_NOSIGNAL.
    std::signal(SIGPIPE, SIG_IGN);
    ERR_clear_error();
    TlsContext context(SSL_CTX_new(TLS_client_method()));
    CHECK(context.get() != nullptr);
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
    // Idle connections keep no buffers; a send that was cut may go on from elsewhere.
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    const int loaded = ca_file.empty()
                           ? SSL_CTX_set_default_verify_paths(context.get())
                           : SSL_CTX_load_verify_locations(context.get(), ca_file.c_str(), nullptr);
    if (loaded != 1) {
        return fail(Code::malformed, "config_invalid",
                    "certificate authorities in \"" + ca_file + "\": " + last_error());
    }
    return context;
}

void TlsSocket::Free::operator()(SSL* ssl) const {
    SSL_free(ssl);
}

TlsSocket::TlsSocket(AsioLoop& loop, FileDescriptor fd, const TlsContext& context,
                     const std::string& host, Host kind)
    : PolledSocket(loop, std::move(fd), {}, Start::connecting), ssl_(SSL_new(context.get())) {
    CHECK(ssl_ != nullptr);
    CHECK(SSL_set_fd(ssl_.get(), PolledSocket::fd()) == 1);
    SSL_set_connect_state(ssl_.get());
    if (kind == Host::address) {
        CHECK(X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), host.c_str()) == 1);
    } else {
        CHECK(SSL_set1_host(ssl_.get(), host.c_str()) == 1);
        CHECK(SSL_set_tlsext_host_name(ssl_.get(), host.c_str()) == 1);
    }
}

TlsSocket::~TlsSocket() = default;

// A read may wait for room to write and the other way round, so news of either is news for both.
void TlsSocket::note(std::uint32_t events) {
    PolledSocket::note(events);
    if (events != 0) readable_ = writable_ = true;
}

Io::Status TlsSocket::handshake() {
    if (fd() < 0) return Io::Status::closed;
    if (!writable_) return Io::Status::again;
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    if (result == 1) {
        readable_ = true;  // Of what came along there may be more than the handshake.
        return Io::Status::ok;
    }
    const Io::Status status = failed(result);
    if (status == Io::Status::again) {
        readable_ = writable_ = false;
        return status;
    }
    const long verified = SSL_get_verify_result(ssl_.get());
    if (verified != X509_V_OK) failure_ = X509_verify_cert_error_string(verified);
    return status;
}

// What an SSL_* call that did not succeed means.
Io::Status TlsSocket::failed(int result) {
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
        case SSL_ERROR_WANT_WRITE:
            return Io::Status::again;
        case SSL_ERROR_ZERO_RETURN:
            ended_cleanly_ = true;
            return Io::Status::closed;
        default:
            failure_ = last_error();
            return Io::Status::closed;
    }
}

Io TlsSocket::receive(std::span<char> into) {
    if (fd() < 0) return {Io::Status::closed, 0};
    if (into.empty()) return {Io::Status::ok, 0};
    if (!readable_) return {};
    ERR_clear_error();
    std::size_t bytes = 0;
    const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &bytes);
    if (result == 1) return {Io::Status::ok, bytes};
    const Io::Status status = failed(result);
    if (status == Io::Status::again) readable_ = false;
    return {status, 0};
}

Io TlsSocket::send(std::string_view bytes) {
    if (fd() < 0) return {Io::Status::closed, 0};
    if (bytes.empty()) return {Io::Status::ok, 0};
    if (!writable_) return {};
    ERR_clear_error();
    std::size_t sent = 0;
    const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent);
    if (result == 1) return {Io::Status::ok, sent};
    const Io::Status status = failed(result);
    if (status == Io::Status::again) writable_ = false;
    return {status, 0};
}

void TlsSocket::shutdown_send() {
    if (fd() < 0) return;
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
}

}  // namespace lifeline::net
