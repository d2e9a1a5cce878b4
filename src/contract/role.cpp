#include "contract/role.h"

#include <array>
#include <cstddef>

namespace lifeline::contract {
namespace {

constexpr std::array<std::string_view, 8> names = {"user",    "agent", "operator", "viewer",
                                                   "service", "admin", "auditor",  "server"};

}  // namespace

std::string_view to_text(Role role) {
    return names.at(static_cast<std::size_t>(role));
}

std::optional<Role> role_from(std::string_view text) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == text) return static_cast<Role>(i);
    }
    return std::nullopt;
}

}  // namespace lifeline::contract
