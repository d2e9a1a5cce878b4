#include "net/tls_session.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/check.h"

namespace lifeline::net {

namespace {

// A record's: with more, only the first record's worth would be written anyway.
constexpr std::size_t piece_bytes_max = 16 * 1024;

std::string last_error() {
    const unsigned long code = ERR_get_error();
    if (code == 0) return "the connection broke";
    const char* reason = ERR_reason_error_string(code);
    return reason != nullptr ? reason : "an error without a name";
}

}  // namespace

void TlsSession::Free::operator()(SSL* ssl) const {
    SSL_free(ssl);
}

TlsSession::TlsSession(SSL* ssl) : ssl_(ssl) {
    CHECK(ssl_ != nullptr);
}

TlsSession::~TlsSession() = default;

Io::Status TlsSession::handshake() {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    if (result == 1) return Io::Status::ok;
    const Io::Status status = failed(result);
    const long verified = SSL_get_verify_result(ssl_.get());
    if (status == Io::Status::closed && verified != X509_V_OK)
        failure_ = X509_verify_cert_error_string(verified);
    return status;
}

// What an SSL_* call that did not succeed means.
Io::Status TlsSession::failed(int result) {
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
        case SSL_ERROR_WANT_WRITE:
            return Io::Status::again;
        case SSL_ERROR_ZERO_RETURN:
            ended_cleanly_ = true;
            return Io::Status::closed;
        default:
            broken_ = true;
            failure_ = last_error();
            return Io::Status::closed;
    }
}

Io TlsSession::receive(std::span<char> into) {
    if (broken_) return {Io::Status::closed, 0};
    ERR_clear_error();
    std::size_t bytes = 0;
    const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &bytes);
    if (result == 1) return {Io::Status::ok, bytes};
    return {failed(result), 0};
}

Io TlsSession::send(std::string_view bytes) {
    push();
    if (broken_ || finishing_) return {Io::Status::closed, 0};
    if (holds_back()) return {};
    const std::string_view piece = bytes.substr(0, piece_bytes_max);
    ERR_clear_error();
    std::size_t sent = 0;
    const int result = SSL_write_ex(ssl_.get(), piece.data(), piece.size(), &sent);
    if (result == 1) return {Io::Status::ok, sent};
    const Io::Status status = failed(result);
    // During the handshake nothing has been taken yet.
    if (status == Io::Status::closed || !SSL_is_init_finished(ssl_.get())) return {status, 0};
    kept_ = piece;
    return {Io::Status::ok, piece.size()};
}

void TlsSession::push() {
    while (!kept_.empty() && !broken_) {
        ERR_clear_error();
        std::size_t sent = 0;
        const int result = SSL_write_ex(ssl_.get(), kept_.data(), kept_.size(), &sent);
        if (result == 1) {
            kept_.erase(0, sent);
        } else if (failed(result) == Io::Status::again) {
            return;
        }
    }
    kept_ = {};
    if (finishing_) finish_sending();
}

void TlsSession::finish_sending() {
    finishing_ = true;
    if (finished_ || holds_back()) return;
    // Before the handshake is over there is no way to say it.
    if (broken_ || SSL_in_init(ssl_.get())) {
        finished_ = true;
        return;
    }
    ERR_clear_error();
    const int result = SSL_shutdown(ssl_.get());
    finished_ = result >= 0 || failed(result) == Io::Status::closed;
}

}  // namespace lifeline::net
