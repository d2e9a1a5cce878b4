#include "contract/pointer.h"

#include <fmt/format.h>

#include "contract/limits.h"

namespace lifeline::contract {
namespace {

constexpr auto step_bytes_max = static_cast<std::size_t>(limits::pointer_step_bytes_max);
constexpr auto pointer_bytes_max = static_cast<std::size_t>(limits::pointer_bytes_max);
// Every character of a key may be escaped, and the outermost step must never be the one to go.
static_assert(1 + 2 * step_bytes_max <= pointer_bytes_max);

bool inside_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

std::string_view first_of(std::string_view key) {
    if (key.size() <= step_bytes_max) return key;
    std::size_t size = step_bytes_max;
    while (size > 0 && inside_character(key[size])) --size;
    return key.substr(0, size);
}

void prepend(std::string& pointer, std::string_view step) {
    pointer.insert(0, step);
    if (pointer.size() <= pointer_bytes_max) return;
    // A pointer may end at the limit, so the slash that is cut off may stand right behind it.
    pointer.resize(pointer.rfind('/', pointer_bytes_max));
}

}  // namespace

void prepend_step(std::string& pointer, std::string_view key) {
    std::string step = "/";
    for (char c : first_of(key)) {
        if (c == '~') {
            step += "~0";
        } else if (c == '/') {
            step += "~1";
        } else {
            step += c;
        }
    }
    prepend(pointer, step);
}

void prepend_step(std::string& pointer, std::size_t position) {
    prepend(pointer, fmt::format("/{}", position));
}

}  // namespace lifeline::contract
