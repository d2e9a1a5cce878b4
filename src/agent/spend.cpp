#include "agent/spend.h"

#include <algorithm>
#include <chrono>
#include <limits>

namespace lifeline::agent {

namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

std::int64_t day_of(WallTime at) {
    return std::chrono::floor<std::chrono::days>(at).time_since_epoch().count();
}

std::int64_t plus(std::int64_t left, std::int64_t right) {
    std::int64_t sum = 0;
    return __builtin_add_overflow(left, right, &sum) ? most : sum;
}

// In millionths, so that rounding comes once.
std::int64_t times(std::int64_t tokens, std::int64_t price) {
    std::int64_t product = 0;
    return __builtin_mul_overflow(tokens, price, &product) ? most : product;
}

std::int64_t per_million(std::int64_t product) {
    constexpr std::int64_t million = 1'000'000;
    return product / million + (product % million != 0 ? 1 : 0);
}

std::optional<Denied> over(std::string_view what, const Amount& limit, const Amount& current) {
    const auto reached = [&](std::string_view unit, std::int64_t cap, std::int64_t now) {
        return Denied{.quota = "agent." + std::string(what) + "." + std::string(unit),
                      .limit = cap,
                      .current = now};
    };
    if (limit.tokens > 0 && current.tokens >= limit.tokens)
        return reached("tokens", limit.tokens, current.tokens);
    if (limit.nano > 0 && current.nano >= limit.nano)
        return reached("cost", limit.nano, current.nano);
    return std::nullopt;
}

}  // namespace

Amount& Amount::operator+=(const Amount& other) {
    tokens = plus(tokens, other.tokens);
    nano = plus(nano, other.nano);
    return *this;
}

Amount amount_of(const Usage& usage, const Prices& prices, std::int64_t guess) {
    const bool unknown = !usage.input_tokens && !usage.output_tokens;
    const std::int64_t input = std::max<std::int64_t>(usage.input_tokens.value_or(0), 0);
    const std::int64_t cached = std::clamp<std::int64_t>(usage.cached_tokens.value_or(0), 0, input);
    const std::int64_t output =
        std::max<std::int64_t>(unknown ? guess : usage.output_tokens.value_or(0), 0);
    const std::int64_t product =
        plus(plus(times(input - cached, prices.input), times(cached, prices.cached)),
             times(output, prices.output));
    return {.tokens = plus(input, output), .nano = per_million(product)};
}

void Ledger::turn_over(WallTime now) {
    const std::int64_t day = day_of(now);
    if (day <= day_) return;
    day_ = day;
    total_ = {};
    users_.clear();
}

bool Ledger::add(const Record& record) {
    OfCall& call = calls_[record.session_id];
    if (!call.records.emplace(record.id, true).second) return false;
    call.amount += record.amount;
    turn_over(record.at);
    if (day_of(record.at) != day_) return true;
    total_ += record.amount;
    users_[record.user_id] += record.amount;
    return true;
}

std::optional<Denied> Ledger::denied(const Caps& caps, const Amount& turn,
                                     std::string_view session_id, std::string_view user_id,
                                     WallTime now) const {
    if (auto found = over("turn", caps.turn, turn)) return found;
    if (auto found = over("call", caps.call, of_call(session_id))) return found;
    auto found = over("user_day", caps.user_day, of_user(user_id, now));
    if (!found) found = over("day", caps.day, of_day(now));
    if (found)
        found->retry_at =
            WallTime(std::chrono::floor<std::chrono::days>(now)) + std::chrono::days(1);
    return found;
}

Amount Ledger::of_call(std::string_view session_id) const {
    const auto found = calls_.find(session_id);
    return found == calls_.end() ? Amount() : found->second.amount;
}

Amount Ledger::of_user(std::string_view user_id, WallTime now) const {
    const auto found = users_.find(user_id);
    return day_of(now) != day_ || found == users_.end() ? Amount() : found->second;
}

Amount Ledger::of_day(WallTime now) const {
    return day_of(now) == day_ ? total_ : Amount();
}

void Ledger::forget_call(std::string_view session_id) {
    if (const auto found = calls_.find(session_id); found != calls_.end()) calls_.erase(found);
}

}  // namespace lifeline::agent
