#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace lifeline::contract {

// The envelope's `sessionId` names a stream; its prefix says of what.
enum class StreamKind : std::uint8_t {
    call,      // sess_
    document,  // doc_, outlives the calls in which it is open
    account,   // acct_
    instance,  // sys_
};

// The one stream of the instance: users, keys, links.
inline constexpr std::string_view instance_stream = "sys_instance";

// Nothing, when the name is not that of a stream.
std::optional<StreamKind> stream_kind(std::string_view name);

class StreamSet {
public:
    constexpr StreamSet() = default;
    constexpr StreamSet(std::initializer_list<StreamKind> kinds) {
        for (StreamKind kind : kinds) bits_ = static_cast<std::uint8_t>(bits_ | bit(kind));
    }
    constexpr bool has(StreamKind kind) const { return (bits_ & bit(kind)) != 0; }

private:
    static constexpr std::uint8_t bit(StreamKind kind) {
        return static_cast<std::uint8_t>(1U << static_cast<unsigned>(kind));
    }
    std::uint8_t bits_ = 0;
};

}  // namespace lifeline::contract
