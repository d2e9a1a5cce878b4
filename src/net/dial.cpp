#include "net/dial.h"

#include <fmt/format.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <string>
#include <utility>

#include "base/check.h"
#include "net/link.h"

namespace lifeline::net {

namespace {

template <auto free_function>
struct Free {
    template <class T>
    void operator()(T* what) const {
        free_function(what);
    }
};
using Context = std::unique_ptr<SSL_CTX, Free<&SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, Free<&SSL_free>>;
using Certificate = std::unique_ptr<X509, Free<&X509_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, Free<&GENERAL_NAMES_free>>;
using Addresses = std::unique_ptr<addrinfo, Free<&freeaddrinfo>>;

std::unexpected<Error> unreachable(const Url& url, std::string_view why) {
    return fail(Code::unavailable, "peer_unavailable", fmt::format("{}: {}", url.origin(), why));
}

void limit_waiting(int fd, Millis timeout) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout);
    const timeval limit{.tv_sec = seconds.count(), .tv_usec = Micros(timeout - seconds).count()};
    (void)::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    (void)::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

// The first of the name's addresses that answers.
Result<FileDescriptor> connect_to(const Url& url, Millis timeout) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int failed =
        ::getaddrinfo(url.host.c_str(), std::to_string(url.port).c_str(), &hints, &found);
    const Addresses addresses(found);
    if (failed != 0) return unreachable(url, ::gai_strerror(failed));
    std::string why = "the name has no address";
    for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
        FileDescriptor fd(::socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (!fd.is_open()) continue;
        limit_waiting(fd.get(), timeout);  // Connecting counts as sending.
        if (::connect(fd.get(), at->ai_addr, at->ai_addrlen) == 0) return fd;
        why = errno == EINPROGRESS ? "no answer in time" : std::strerror(errno);
    }
    return unreachable(url, why);
}

std::string text_of(const ASN1_STRING* text) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
            static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::vector<std::string> names_of(const X509* certificate) {
    std::vector<std::string> out;
    const Names names(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type == GEN_DNS) out.push_back(text_of(name->d.dNSName));
    }
    return out;
}

WallTime end_of(const X509* certificate) {
    std::tm end{};
    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) return {};
    return WallTime(std::chrono::seconds(::timegm(&end)));
}

CertificateSeen look_at(SSL* session) {
    const Certificate certificate(SSL_get1_peer_certificate(session));
    if (!certificate) return {.problem = "the server showed none", .not_after = {}, .names = {}};
    const long verified = SSL_get_verify_result(session);
    return {.problem = verified == X509_V_OK ? "" : X509_verify_cert_error_string(verified),
            .not_after = end_of(certificate.get()),
            .names = names_of(certificate.get())};
}

}  // namespace

struct Dialed::State {
    Url url;
    FileDescriptor fd;
    Context context;
    Session session;
    std::optional<CertificateSeen> certificate;

    Status shake_hands();
};

Status Dialed::State::shake_hands() {
    context.reset(SSL_CTX_new(TLS_client_method()));
    CHECK(context);
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_default_verify_paths(context.get());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);  // It is looked at afterwards.
    session.reset(SSL_new(context.get()));
    CHECK(session);
    if (url.host_is_address) {
        CHECK(X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session.get()), url.host.c_str()) == 1);
    } else {
        CHECK(SSL_set1_host(session.get(), url.host.c_str()) == 1);
        CHECK(SSL_set_tlsext_host_name(session.get(), url.host.c_str()) == 1);
    }
    CHECK(SSL_set_fd(session.get(), fd.get()) == 1);
    ERR_clear_error();
    if (SSL_connect(session.get()) != 1) {
        const char* why = ERR_reason_error_string(ERR_get_error());
        return unreachable(url, fmt::format("TLS: {}", why != nullptr ? why : "no answer"));
    }
    certificate = look_at(session.get());
    return {};
}

Dialed::Dialed(std::unique_ptr<State> state) : state_(std::move(state)) {}
Dialed::~Dialed() = default;
Dialed::Dialed(Dialed&&) noexcept = default;
Dialed& Dialed::operator=(Dialed&&) noexcept = default;

Result<Dialed> Dialed::open(const Url& url, Millis timeout) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL's writes would raise it.
    auto fd = connect_to(url, timeout);
    if (!fd) return fail(fd.error());
    auto state = std::make_unique<State>();
    state->url = url;
    state->fd = std::move(*fd);
    if (url.is_secure())
        if (const auto shaken = state->shake_hands(); !shaken) return fail(shaken.error());
    return Dialed(std::move(state));
}

Status Dialed::send(std::string_view bytes) {
    while (!bytes.empty()) {
        std::size_t sent = 0;
        if (state_->session) {
            if (SSL_write_ex(state_->session.get(), bytes.data(), bytes.size(), &sent) != 1)
                return unreachable(state_->url, "the connection broke");
        } else {
            const ssize_t done = ::send(state_->fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (done <= 0) return unreachable(state_->url, std::strerror(errno));
            sent = static_cast<std::size_t>(done);
        }
        bytes.remove_prefix(sent);
    }
    return {};
}

Result<std::string> Dialed::receive() {
    std::array<char, 16 * 1024> buffer;
    std::size_t bytes = 0;
    if (state_->session) {
        if (SSL_read_ex(state_->session.get(), buffer.data(), buffer.size(), &bytes) != 1)
            return unreachable(state_->url, "the connection ended, or nothing came in time");
    } else {
        const ssize_t got = ::recv(state_->fd.get(), buffer.data(), buffer.size(), 0);
        if (got < 0) return unreachable(state_->url, "nothing came in time");
        if (got == 0) return unreachable(state_->url, "the connection ended");
        bytes = static_cast<std::size_t>(got);
    }
    return std::string(buffer.data(), bytes);
}

const std::optional<CertificateSeen>& Dialed::certificate() const {
    return state_->certificate;
}

}  // namespace lifeline::net
