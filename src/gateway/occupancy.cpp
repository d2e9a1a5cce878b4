#include "gateway/occupancy.h"

#include <fmt/format.h>

#include "base/check.h"
#include "gateway/limits.h"

namespace lifeline::gateway {

namespace {

using Counts = std::map<std::string, std::size_t, std::less<>>;

std::size_t count(const Counts& counts, const std::string& name) {
    const auto found = counts.find(name);
    return found == counts.end() ? 0 : found->second;
}

void leave(Counts& counts, const std::string& name) {
    const auto found = counts.find(name);
    CHECK(found != counts.end());
    if (--found->second == 0) counts.erase(found);
}

}  // namespace

struct Occupancy::Seat::Book {
    Loop& loop;
    Limits limits;
    Counts accounts;
    Counts users;
};

Occupancy::Seat& Occupancy::Seat::operator=(Seat&& other) noexcept {
    std::swap(book_, other.book_);
    std::swap(names_, other.names_);
    return *this;
}

Occupancy::Seat::~Seat() {
    if (!book_) return;
    Loop& loop = book_->loop;
    loop.post([book = std::move(book_), names = std::move(names_)] {
        leave(book->accounts, names.account);
        if (!names.user.empty()) leave(book->users, names.user);
    });
}

Occupancy::Occupancy(Loop& loop, Limits limits)
    : book_(std::make_shared<Seat::Book>(Seat::Book{loop, limits, {}, {}})) {}

void Occupancy::take_limits(Limits limits) {
    book_->limits = limits;
}

Result<Occupancy::Seat> Occupancy::enter(const identity::Principal& principal, Comes comes) {
    const bool limited = comes == Comes::anew;
    const bool in_many =
        principal.role == contract::Role::agent || principal.role == contract::Role::service;
    Seat seat;
    seat.names_.account = principal.account_id;
    if (!in_many) seat.names_.user = fmt::format("{}/{}", principal.account_id, principal.user_id);
    if (limited && count(book_->accounts, seat.names_.account) >= book_->limits.per_account)
        return fail(
            rate_limited("this account has all the connections it may have", full_retry_after));
    if (limited && !in_many && count(book_->users, seat.names_.user) >= book_->limits.per_user)
        return fail(
            rate_limited("this user has all the connections they may have", full_retry_after));
    ++book_->accounts[seat.names_.account];
    if (!in_many) ++book_->users[seat.names_.user];
    seat.book_ = book_;
    return seat;
}

std::size_t Occupancy::of_account(const std::string& account_id) const {
    return count(book_->accounts, account_id);
}

}  // namespace lifeline::gateway
