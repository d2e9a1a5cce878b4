#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/window.h"

namespace lifeline::findings {

// Consecutive hours, both included.
struct Span {
    Window first;
    Window last;
    friend bool operator==(const Span&, const Span&) = default;
};

// "rr_2026021610_2026021612_<digest>": a run is named by its hours and by all that it was counted
// from, so that the same run has the same id, and whoever reads the id knows what to count again.
std::string run_id(const Span& span, std::string_view digest_hex);
// Nothing for what run_id would not have written.
std::optional<Span> span_of(std::string_view run_id);

}  // namespace lifeline::findings
