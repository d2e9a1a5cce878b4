#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace lifeline::contract {

// What somebody may do. The catalogue says for every event type which roles may publish it.
enum class Role : std::uint8_t {
    user,       // a person in their own calls
    agent,      // a program that talks, in calls it is invited to
    operator_,  // a person at the account's console
    viewer,     // reads a call, says nothing
    service,    // a trusted backend of one account
    admin,      // runs the instance: accounts, keys, limits
    auditor,    // reads an account
    server,     // Lifeline itself; nobody's token has it
};

std::string_view to_text(Role role);  // "operator"
std::optional<Role> role_from(std::string_view text);

// A set of roles, one bit each.
class RoleSet {
public:
    constexpr RoleSet() = default;
    constexpr RoleSet(std::initializer_list<Role> roles) {
        for (Role role : roles) add(role);
    }
    constexpr void add(Role role) { bits_ = static_cast<std::uint8_t>(bits_ | bit(role)); }
    constexpr bool has(Role role) const { return (bits_ & bit(role)) != 0; }

private:
    static constexpr std::uint8_t bit(Role role) {
        return static_cast<std::uint8_t>(1U << static_cast<unsigned>(role));
    }
    std::uint8_t bits_ = 0;
};

}  // namespace lifeline::contract
