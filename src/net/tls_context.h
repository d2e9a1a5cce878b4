#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "net/tls_session.h"

using SSL_CTX = struct ssl_ctx_st;

namespace lifeline::net {

// What the TLS connections of one purpose share: TLS 1.2 and up, nothing renegotiated. Connections
// keep what they need of it, so it may be replaced while they go on.
class TlsContext {
public:
    // The peer's certificate must lead to a trusted authority and name the host. `ca_file`: PEM
    // authorities to trust instead of the system's; empty for the system's.
    static Result<TlsContext> for_client(const std::string& ca_file);
    // `certificate_file`: PEM, the server's own first and then those between it and an authority.
    // `key_file`: its key, PEM, without a passphrase. Reads files.
    static Result<TlsContext> for_server(const std::string& certificate_file,
                                         const std::string& key_file);

    TlsContext(TlsContext&&) noexcept;
    TlsContext& operator=(TlsContext&&) noexcept;
    ~TlsContext();

    // `host`: a name, or an address; the certificate must be for it.
    enum class Host : std::uint8_t { name, address };
    std::unique_ptr<TlsSession> connect(int descriptor, const std::string& host, Host kind) const;
    std::unique_ptr<TlsSession> accept(int descriptor) const;

private:
    struct Free {
        void operator()(SSL_CTX* context) const;
    };
    explicit TlsContext(SSL_CTX* context);

    std::unique_ptr<SSL_CTX, Free> context_;
};

}  // namespace lifeline::net
