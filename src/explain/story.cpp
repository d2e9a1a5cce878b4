#include "explain/story.h"

#include <array>

namespace lifeline::explain {

namespace {

constexpr std::array<std::string_view, kind_count> kinds{
    "call", "people", "speech", "turns", "actions", "outages", "documents", "safety", "other"};

}  // namespace

std::string_view to_text(Kind kind) {
    return kinds[static_cast<std::size_t>(kind)];
}

std::optional<Kind> kind_from(std::string_view text) {
    for (std::size_t i = 0; i < kinds.size(); ++i)
        if (kinds[i] == text) return static_cast<Kind>(i);
    return std::nullopt;
}

std::string_view to_text(Severity severity) {
    switch (severity) {
        case Severity::info:
            return "info";
        case Severity::warning:
            return "warning";
        case Severity::error:
            return "error";
    }
    return "";
}

}  // namespace lifeline::explain
