#include "budget/credit.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <tuple>
#include <utility>

namespace lifeline::budget {

namespace {

constexpr std::array<std::string_view, 5> states{"reserved", "extended", "posted", "voided",
                                                 "expired"};

std::string hold_id_of(std::string_view session_id, std::size_t number) {
    return fmt::format("hold_{}.{}", session_id, number);
}

}  // namespace

std::string_view to_text(HoldChange::State state) {
    return states[static_cast<std::size_t>(state)];
}

std::optional<HoldChange::State> parse_hold_state(std::string_view text) {
    const auto found = std::ranges::find(states, text);
    if (found == states.end()) return std::nullopt;
    return static_cast<HoldChange::State>(found - states.begin());
}

Int128 Credit::Hold::amount() const {
    Int128 sum = 0;
    for (const auto& [grant, part] : parts) sum += part;
    return sum;
}

void Credit::grant(Grant grant) {
    if (find(grant.id) != nullptr) return;
    granted_ += grant.amount;
    const Int128 amount = grant.amount;
    grants_.push_back({std::move(grant), amount});
}

const Grant* Credit::find(std::string_view id) const {
    const auto known = std::ranges::find(
        grants_, id, [](const Left& one) -> std::string_view { return one.grant.id; });
    return known == grants_.end() ? nullptr : &known->grant;
}

// Those that run out first; what has run out already last, for what was decided just before it did.
std::vector<std::size_t> Credit::order(WallTime at) const {
    std::vector<std::size_t> order(grants_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t one) {
        return std::tuple(!grants_[one].alive(at),
                          grants_[one].grant.expires_at.value_or(WallTime::max()), one);
    });
    return order;
}

void Credit::draw(Hold& hold, Int128 amount, WallTime at) {
    for (const std::size_t one : order(at)) {
        const Int128 part = std::min(amount, grants_[one].left);
        if (part <= 0) continue;
        hold.parts[one] += part;
        grants_[one].left -= part;
        amount -= part;
    }
}

// The rest goes back to where it came from.
void Credit::settle(OfCall& call, Int128 used) {
    Int128 left = used;
    for (const std::size_t one : order(WallTime::min())) {
        const auto part = call.open->parts.find(one);
        if (part == call.open->parts.end()) continue;
        const Int128 taken = std::min(left, part->second);
        left -= taken;
        grants_[one].left += part->second - taken;
    }
    call.posted += used - left;
    used_ += used - left;
    call.open.reset();
}

bool Credit::take(const HoldChange& change, WallTime at) {
    using State = HoldChange::State;
    OfCall& call = calls_[change.session_id];
    if (change.state == State::reserved) {
        if (call.open || change.hold_id != hold_id_of(change.session_id, call.holds + 1))
            return false;
        ++call.holds;
        call.open = Hold{.id = change.hold_id, .expires_at = change.expires_at.value_or(at)};
        draw(*call.open, change.amount, at);
        open_.insert(change.session_id);
        return true;
    }
    if (!call.open || call.open->id != change.hold_id) return false;
    if (change.state == State::extended) {
        call.open->expires_at = change.expires_at.value_or(at);
        draw(*call.open, change.amount - call.open->amount(), at);
        return true;
    }
    settle(call, change.state == State::posted ? change.amount : Int128(0));
    open_.erase(change.session_id);
    return true;
}

std::optional<HoldChange> Credit::hold(std::string_view session_id, Int128 wanted, WallTime now,
                                       Millis lives) const {
    using State = HoldChange::State;
    const auto call = calls_.find(session_id);
    const Hold* open = call != calls_.end() && call->second.open ? &*call->second.open : nullptr;
    const Int128 held = open == nullptr ? Int128(0) : open->amount();
    const Int128 there = held + available(now);
    const Int128 amount = std::max(held, std::min(wanted, there));
    if (amount <= 0) return std::nullopt;
    if (open != nullptr && amount == held && open->expires_at - now > lives / 3 * 2)
        return std::nullopt;
    const std::size_t number = call == calls_.end() ? 1 : call->second.holds + 1;
    return HoldChange{.hold_id = open == nullptr ? hold_id_of(session_id, number) : open->id,
                      .session_id = std::string(session_id),
                      .state = open == nullptr ? State::reserved : State::extended,
                      .amount = amount,
                      .expires_at = now + lives};
}

std::optional<HoldChange> Credit::resolve(std::string_view session_id, Int128 used) const {
    using State = HoldChange::State;
    const auto call = calls_.find(session_id);
    if (call == calls_.end() || !call->second.open) return std::nullopt;
    const Hold& open = *call->second.open;
    const Int128 amount = std::clamp(used, Int128(0), open.amount());
    return HoldChange{.hold_id = open.id,
                      .session_id = std::string(session_id),
                      .state = amount == 0 ? State::voided : State::posted,
                      .amount = amount == 0 ? open.amount() : amount};
}

std::vector<HoldChange> Credit::expired(WallTime now) const {
    std::vector<HoldChange> changes;
    for (const std::string& session_id : open_) {
        const Hold& open = open_of(session_id);
        if (open.expires_at > now) continue;
        changes.push_back({.hold_id = open.id,
                           .session_id = session_id,
                           .state = HoldChange::State::expired,
                           .amount = open.amount()});
    }
    return changes;
}

std::optional<WallTime> Credit::next_expiry() const {
    std::optional<WallTime> next;
    for (const std::string& session_id : open_) {
        const WallTime expires_at = open_of(session_id).expires_at;
        if (!next || expires_at < *next) next = expires_at;
    }
    return next;
}

std::optional<WallTime> Credit::since() const {
    return grants_.empty() ? std::nullopt : std::optional(grants_.front().grant.at);
}

Int128 Credit::available(WallTime now) const {
    Int128 sum = 0;
    for (const Left& one : grants_)
        if (one.alive(now)) sum += one.left;
    return sum;
}

Int128 Credit::lapsed(WallTime now) const {
    Int128 sum = 0;
    for (const Left& one : grants_)
        if (!one.alive(now)) sum += one.left;
    return sum;
}

Int128 Credit::held() const {
    Int128 sum = 0;
    for (const std::string& session_id : open_) sum += open_of(session_id).amount();
    return sum;
}

Int128 Credit::held_by(std::string_view session_id) const {
    const auto call = calls_.find(session_id);
    return call == calls_.end() || !call->second.open ? Int128(0) : call->second.open->amount();
}

Int128 Credit::posted_of(std::string_view session_id) const {
    const auto call = calls_.find(session_id);
    return call == calls_.end() ? Int128(0) : call->second.posted;
}

std::vector<std::string> Credit::holding() const {
    return {open_.begin(), open_.end()};
}

}  // namespace lifeline::budget
