#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/loop.h"
#include "base/result.h"
#include "identity/principal.h"

namespace lifeline::gateway {

// How many sockets a user and an account have, in all calls together. Lives on the loop that
// accepts; a seat may be given up on any.
class Occupancy {
public:
    struct Limits {
        // Some tabs and devices in some calls. Agents and services are in as many as there are, and
        // count for their account only.
        std::size_t per_user = 64;
        std::size_t per_account = 20'000;
    };

    // Leaves when it is destroyed.
    class Seat {
    public:
        Seat() = default;
        Seat(Seat&&) noexcept = default;
        Seat& operator=(Seat&& other) noexcept;
        ~Seat();

    private:
        friend class Occupancy;
        struct Names {
            std::string account;
            std::string user;  // Empty where users are not counted.
        };
        struct Book;
        std::shared_ptr<Book> book_;
        Names names_;
    };

    Occupancy(Loop& loop, Limits limits);
    void take_limits(Limits limits);

    // In place of somebody who is there still is one more for a moment only: until the older one,
    // which the newer takes over, has gone.
    enum class Comes : std::uint8_t { anew, in_place };
    // rate_limited when this user or this account has all the sockets it may have.
    Result<Seat> enter(const identity::Principal& principal, Comes comes = Comes::anew);
    std::size_t of_account(const std::string& account_id) const;

private:
    std::shared_ptr<Seat::Book> book_;
};

}  // namespace lifeline::gateway
