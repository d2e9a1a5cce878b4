#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "identity/fetcher.h"
#include "identity/issuer.h"
#include "identity/jwk_set.h"

namespace lifeline::identity {

// The keys that an issuer publishes at a URL. They are fetched when first needed, again when they
// have grown old or a token names one that is not among them, and never more often than the limits
// below, whatever strangers send. While the URL does not answer the last known keys serve on, for a
// bounded time; after that there are none, and nobody is let in. Of one loop, which it must not
// outlive.
class JwksCache {
public:
    static constexpr Millis refresh_gap{30'000};  // Between two fetches that work.
    static constexpr Millis retry_gap{2'000};     // After one that failed.

    JwksCache(std::string issuer, JwksUrl source, Fetcher& fetcher, Loop& home);

    // Null when there are none that may still be used. Starts a fetch beside when they are old.
    const KeySet* keys();

    // Whether `refresh` would wait for a fetch: none was made too recently, or one is under way.
    bool may_refresh() const;
    // Fetches, or joins the fetch that is under way; `done` comes when it has ended, well or not.
    void refresh(Job done);

private:
    void fetched(Result<Fetcher::Reply> reply);
    Result<KeySet> read(const Result<Fetcher::Reply>& reply) const;

    std::string issuer_;
    JwksUrl source_;
    Fetcher& fetcher_;
    Loop& home_;

    std::optional<KeySet> keys_;
    SteadyTime fetched_at_{};  // Of keys_.
    std::optional<SteadyTime> asked_at_;
    bool failing_ = false;
    std::vector<Job> waiting_;  // Not empty: a fetch is under way.
};

}  // namespace lifeline::identity
