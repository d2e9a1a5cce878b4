#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

namespace lifeline::load {

// A load that is not the one that was asked for has no figures: say why and stop.
template <class... Arguments>
[[noreturn]] void fatal(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
    fmt::print(stderr, "load: {}\n", fmt::format(text, std::forward<Arguments>(arguments)...));
    std::exit(1);
}

}  // namespace lifeline::load
