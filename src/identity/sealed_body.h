#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "contract/json.h"
#include "contract/role.h"

namespace lifeline::identity {

// Reads the body of a token whose MAC held; `whole` says at the end whether all was there.
class SealedBody {
public:
    explicit SealedBody(const contract::Json& json) : json_(json) {}

    std::string text(std::string_view name) {
        const auto value = json_.text(name);
        whole_ = whole_ && value;
        return std::string(value.value_or(std::string_view()));
    }
    WallTime moment(std::string_view name) {
        const auto member = json_.find(name);
        const auto value = member ? member->as_integer() : std::nullopt;
        whole_ = whole_ && value;
        return WallTime(Millis(value.value_or(0)));
    }
    contract::Role role(std::string_view name) {
        const auto value = contract::role_from(text(name));
        whole_ = whole_ && value;
        return value.value_or(contract::Role::viewer);
    }
    bool whole() const { return whole_; }

private:
    const contract::Json& json_;
    bool whole_ = true;
};

}  // namespace lifeline::identity
