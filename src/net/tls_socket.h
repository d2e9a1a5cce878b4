#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "net/polled_socket.h"

using SSL = struct ssl_st;
using SSL_CTX = struct ssl_ctx_st;

namespace lifeline::net {

// What the TLS connections of one purpose share. Clients: TLS 1.2 and up, the peer's certificate
// must lead to a trusted authority and name the host. (A server's context comes with the server's
// TLS.)
class TlsContext {
public:
    // `ca_file`: PEM authorities to trust instead of the system's; empty for the system's.
    static Result<TlsContext> for_client(const std::string& ca_file);

    TlsContext(TlsContext&&) noexcept;
    TlsContext& operator=(TlsContext&&) noexcept;
    ~TlsContext();
    SSL_CTX* get() const { return context_.get(); }

private:
    struct Free {
        void operator()(SSL_CTX* context) const;
    };
    explicit TlsContext(SSL_CTX* context) : context_(context) {}

    std::unique_ptr<SSL_CTX, Free> context_;
};

// TLS on a descriptor as a Socket. OpenSSL works on the descriptor itself, so descriptor and SSL
// are the whole of it: nothing is read ahead elsewhere, and an idle one costs 20 KB rather than 55.
class TlsSocket final : public PolledSocket {
public:
    // A client's, over a descriptor that is connecting or connected. `host` is a name, or an
    // address where `is_address`; the certificate must be for it.
    enum class Host : std::uint8_t { name, address };
    TlsSocket(AsioLoop& loop, FileDescriptor fd, const TlsContext& context, const std::string& host,
              Host kind);
    ~TlsSocket() override;

    // Goes on with the handshake: ok when it is done. After `closed`, failure() says why.
    Io::Status handshake();
    const std::string& failure() const { return failure_; }
    // Whether the peer said that it has sent all, rather than just gone.
    bool ended_cleanly() const { return ended_cleanly_; }

    Io receive(std::span<char> into) override;
    Io send(std::string_view bytes) override;
    void shutdown_send() override;

protected:
    void note(std::uint32_t events) override;

private:
    struct Free {
        void operator()(SSL* ssl) const;
    };
    Io::Status failed(int result);

    std::unique_ptr<SSL, Free> ssl_;
    std::string failure_;
    bool ended_cleanly_ = false;
};

}  // namespace lifeline::net
