#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "identity/principal.h"

namespace lifeline::gateway {

// Says why somebody has no business here any more.
using Judge = std::function<std::optional<Error>(const identity::Principal&)>;

// Those who were let in and have no connection yet: who loses their rights on the way is found here
// and not among the connections. Lives on one loop; somebody who goes from loop to loop is entered
// on each before leaving the one before.
class Arrivals {
public:
    struct Arrival {
        identity::Principal principal;
        std::optional<Error> cut;  // Why they may not enter after all.
    };

    // Kept by who brings them in; forgotten when nobody does.
    std::shared_ptr<Arrival> enter(identity::Principal principal);
    void cut(const Judge& why);

    std::size_t size() const { return arrivals_.size(); }

private:
    void forget_those_gone();

    std::vector<std::weak_ptr<Arrival>> arrivals_;
    std::size_t look_at_ = 64;  // How many there are when those who have gone are looked for.
};

}  // namespace lifeline::gateway
