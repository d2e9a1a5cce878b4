#pragma once

#include <string>
#include <string_view>

namespace lifeline::pricing {

// Text of strangers inside a page: as it is, and never markup. Control characters, which no page
// shows, are left out.
std::string html(std::string_view text);

// The style of a printable page: light and dark as the reader has it, and always light on paper.
extern const std::string_view page_style;

}  // namespace lifeline::pricing
