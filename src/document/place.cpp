#include "document/place.h"

#include <charconv>

#include "contract/json_pointer.h"

namespace lifeline::document {

std::string pointer_of(const Path& path) {
    std::string pointer;
    for (const std::string& step : path) pointer += contract::pointer_step(step);
    return pointer;
}

std::optional<std::size_t> index_of(std::string_view step) {
    std::size_t index = 0;
    const auto [behind, error] = std::from_chars(step.data(), step.data() + step.size(), index);
    const bool padded = step.size() > 1 && step.front() == '0';
    if (step.empty() || padded || error != std::errc{} || behind != step.data() + step.size())
        return std::nullopt;
    return index;
}

}  // namespace lifeline::document
