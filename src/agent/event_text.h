#pragma once

#include <string>
#include <string_view>

#include "contract/event.h"

namespace lifeline::agent {

// A text of an event's payload; empty where there is none.
inline std::string text_of(const contract::Event& event, std::string_view name) {
    return std::string(event.find_text(name).value_or(""));
}

}  // namespace lifeline::agent
