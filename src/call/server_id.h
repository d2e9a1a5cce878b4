#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/text.h"
#include "contract/limits.h"

namespace lifeline::call {

// Clients give no such id. What the server writes for somebody has one, too, and its own time.
inline bool made_by_server(std::string_view event_id) {
    return event_id.starts_with("ll_");
}

// The id of an event that the server makes, from what the event is about: "ll_joined:usr_1:2". What
// would be longer than an eventId may be becomes a digest; the same facts give the same id always.
template <class... Facts>
std::string server_id(std::string_view kind, const Facts&... facts) {
    std::string about;
    ((about += fmt::format(":{}", facts)), ...);
    if (3 + kind.size() + about.size() <= std::size_t{contract::limits::event_id_bytes_max})
        return fmt::format("ll_{}{}", kind, about);
    const Digest digest = sha256(about);
    return fmt::format("ll_{}:{}", kind, to_hex({digest.data(), 16}));
}

}  // namespace lifeline::call
