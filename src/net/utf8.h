#pragma once

#include <cstdint>
#include <string_view>

namespace lifeline::net {

// UTF-8 as RFC 3629 has it (no overlong forms, no surrogates, nothing above U+10FFFF), judged as it
// arrives: the first byte that cannot belong to any valid text is refused, wherever input was cut.
class Utf8Validator {
public:
    // False from the first impossible byte on; the validator is then of no further use.
    bool feed(std::string_view bytes);
    // Whether what was fed ends between two characters.
    bool complete() const { return pending_ == 0; }

private:
    bool start(std::uint8_t lead);

    std::uint8_t pending_ = 0;  // Continuation bytes still to come,
    std::uint8_t low_ = 0x80;   // of which the next must lie in [low_, high_].
    std::uint8_t high_ = 0xBF;
};

inline bool is_utf8(std::string_view bytes) {
    Utf8Validator validator;
    return validator.feed(bytes) && validator.complete();
}

}  // namespace lifeline::net
