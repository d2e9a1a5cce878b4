#pragma once

#include <utility>

#include <fmt/format.h>

namespace lifeline {

// A value that must not reach a log or an error message: it prints as ***, and only reveal() gives
// it away, which is easy to find in a review.
template <class T>
class Secret {
public:
    Secret() = default;
    explicit Secret(T value) : value_(std::move(value)) {}
    const T& reveal() const { return value_; }

private:
    T value_{};
};

}  // namespace lifeline

template <class T>
struct fmt::formatter<lifeline::Secret<T>> : fmt::formatter<std::string_view> {
    auto format(const lifeline::Secret<T>&, fmt::format_context& context) const {
        return fmt::formatter<std::string_view>::format("***", context);
    }
};
