#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/url.h"

namespace lifeline::net {

// What a server showed of itself when a TLS connection began.
struct CertificateSeen {
    std::string problem;  // Why it is not to be trusted for this host; empty: it is.
    WallTime not_after;
    std::vector<std::string> names;  // For which it is.
};

// A connection of a command that has nothing else to do: it blocks, and gives every step the same
// time. It also talks to a server whose certificate is not right, to say what is wrong with it:
// send no secret before certificate() was looked at.
class Dialed {
public:
    static Result<Dialed> open(const Url& url, Millis timeout);
    ~Dialed();
    Dialed(Dialed&&) noexcept;
    Dialed& operator=(Dialed&&) noexcept;

    Status send(std::string_view bytes);
    // At least one byte; an error at the end, and when nothing comes in time.
    Result<std::string> receive();
    // None where the connection is not encrypted.
    const std::optional<CertificateSeen>& certificate() const;

private:
    struct State;
    explicit Dialed(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace lifeline::net
