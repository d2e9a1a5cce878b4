#include "identity/jwks_cache.h"

#include <fmt/format.h>

#include <utility>

#include "base/log.h"
#include "contract/reason.h"
#include "identity/deadline.h"

namespace lifeline::identity {

JwksCache::JwksCache(std::string issuer, JwksUrl source, Fetcher& fetcher, Loop& home)
    : issuer_(std::move(issuer)), source_(std::move(source)), fetcher_(fetcher), home_(home) {}

const KeySet* JwksCache::keys() {
    if (!keys_) return nullptr;
    const auto age = home_.clock().steady() - fetched_at_;
    if (age >= source_.refresh_after && waiting_.empty() && may_refresh()) refresh([] {});
    return age < source_.stale_max ? &*keys_ : nullptr;
}

bool JwksCache::may_refresh() const {
    if (!waiting_.empty() || !asked_at_) return true;
    return home_.clock().steady() - *asked_at_ >= (failing_ ? retry_gap : refresh_gap);
}

void JwksCache::refresh(Job done) {
    waiting_.push_back(std::move(done));
    if (waiting_.size() > 1) return;
    asked_at_ = home_.clock().steady();
    auto late = contract::error_for(contract::reason::issuer_unavailable, "no answer in time");
    fetcher_.get(
        {.url = source_.url, .timeout = source_.timeout, .body_bytes_max = jwk_set_bytes_max},
        home_,
        with_deadline<Fetcher::Reply>(
            home_, source_.timeout, std::move(late),
            [this](Result<Fetcher::Reply> reply) { fetched(std::move(reply)); }));
}

Result<KeySet> JwksCache::read(const Result<Fetcher::Reply>& reply) const {
    if (!reply) return fail(reply.error());
    if (reply->status != 200)
        return contract::refuse(contract::reason::issuer_unavailable,
                                fmt::format("status {}", reply->status));
    return parse_jwk_set(reply->body);
}

void JwksCache::fetched(Result<Fetcher::Reply> reply) {
    auto set = read(reply);
    if (set) {
        if (failing_ || !keys_)
            log::info("identity: keys fetched issuer={} keys={} skipped={}", issuer_,
                      set->keys.size(), set->skipped.size());
        keys_ = std::move(*set);
        fetched_at_ = home_.clock().steady();
    } else if (!failing_) {
        log::warn("identity: keys not fetched issuer={} known_keys={} why={}", issuer_,
                  keys_ ? keys_->keys.size() : 0, set.error().detail);
    }
    failing_ = !set.has_value();
    for (Job& job : std::exchange(waiting_, {})) job();
}

}  // namespace lifeline::identity
