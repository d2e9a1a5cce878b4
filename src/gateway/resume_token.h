#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"
#include "base/secret.h"
#include "gateway/generation.h"

namespace lifeline::gateway {

// What a resume token says: whose line it continues, in which call, and to which of its connections
// it was given. A line is what a page keeps over its reconnects; two tabs are two lines.
struct ResumeClaim {
    std::string session_id;
    std::string account_id;
    std::string user_id;
    Generation line;        // The line's first connection.
    Generation generation;  // The one that was given this token.
    WallTime expires_at;

    friend bool operator==(const ResumeClaim&, const ResumeClaim&) = default;
};

// A MAC over the claim, so that nothing is stored and nothing is written for a hello. It lets
// nobody in: an access token is needed beside it. Immutable; any thread may use it.
class ResumeTokens {
public:
    // `key` is for this purpose alone: InstanceKeys::derive.
    explicit ResumeTokens(const Secret<Digest>& key) : key_(key) {}

    std::string mint(const ResumeClaim& claim) const;
    // resume_token_invalid: not ours, or not whole. One that has expired is read like any other.
    Result<ResumeClaim> read(std::string_view token) const;

private:
    Digest mac(std::string_view body) const;

    Secret<Digest> key_;
};

}  // namespace lifeline::gateway
