#include "net/utf8.h"

#include <cstring>

namespace lifeline::net {

namespace {

// How many bytes at the front are ASCII, in steps of eight; most text is nothing else.
std::size_t skip_ascii(std::string_view bytes, std::size_t at) {
    constexpr std::uint64_t high_bits = 0x8080'8080'8080'8080;
    while (at + 8 <= bytes.size()) {
        std::uint64_t word;
        std::memcpy(&word, bytes.data() + at, 8);
        if (word & high_bits) break;
        at += 8;
    }
    return at;
}

}  // namespace

bool Utf8Validator::feed(std::string_view bytes) {
    std::size_t at = 0;
    while (at < bytes.size()) {
        if (pending_ == 0) {
            at = skip_ascii(bytes, at);
            if (at == bytes.size()) break;
            if (!start(static_cast<std::uint8_t>(bytes[at++]))) return false;
            continue;
        }
        const auto byte = static_cast<std::uint8_t>(bytes[at++]);
        if (byte < low_ || byte > high_) return false;
        low_ = 0x80;
        high_ = 0xBF;
        --pending_;
    }
    return true;
}

// The lead byte says how many follow; four of them also narrow the first that follows.
bool Utf8Validator::start(std::uint8_t lead) {
    if (lead < 0x80) return true;
    if (lead < 0xC2 || lead > 0xF4) return false;
    pending_ = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    if (lead == 0xE0) low_ = 0xA0;   // Shorter forms exist below.
    if (lead == 0xED) high_ = 0x9F;  // Surrogates above.
    if (lead == 0xF0) low_ = 0x90;   // Shorter forms exist below.
    if (lead == 0xF4) high_ = 0x8F;  // Beyond U+10FFFF above.
    return true;
}

}  // namespace lifeline::net
