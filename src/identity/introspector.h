#pragma once

#include <string>
#include <string_view>

#include "base/loop.h"
#include "identity/external_ids.h"
#include "identity/fetcher.h"
#include "identity/issuer.h"
#include "identity/verdict.h"

namespace lifeline::identity {

// Asks an issuer who the holder of a token is, with the token as bearer. 200 and a subject: that is
// who. 401, 403 or `"active": false`: nobody. Anything else says nothing about the token, so it is
// issuer_unavailable. Of one loop, which it must not outlive.
class Introspector {
public:
    // `issuer.keys` is an Introspection.
    Introspector(IssuerConfig issuer, ExternalIds ids, Fetcher& fetcher, Loop& home);

    void ask(std::string token, OnVerdict done);

private:
    Verdict judge(const Result<Fetcher::Reply>& reply) const;
    Result<ExternalIdentity> read(std::string_view body) const;

    IssuerConfig issuer_;
    Introspection source_;
    ExternalIds ids_;
    Fetcher& fetcher_;
    Loop& home_;
};

}  // namespace lifeline::identity
