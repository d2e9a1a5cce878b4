#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace lifeline::contract {
class Json;
}

namespace lifeline::orchestration {

// What came of one attempt of an action. Everything in it fits the events it becomes part of:
// `code` is a word of the contract, texts are UTF-8 and short enough, `result_json` is an object.
struct Outcome {
    enum class Kind : std::uint8_t {
        succeeded,
        // It did not happen, or it happened and the tool says that it went wrong.
        failed,
        // It may have happened: the call had left and no answer came. Tried again only where twice
        // is as good as once.
        unknown,
        // It did not happen because it was called off, or it may safely have happened.
        cancelled,
        // A client's tool: the app will say as an event what came of it.
        handed_over,
    };

    Kind kind = Kind::failed;
    std::string code = {};     // failed and unknown: "unreachable", "http_404", "timeout"
    std::string message = {};  // failed, unknown, cancelled: for people
    // Failed: nothing happened, or the tool may be repeated.
    bool may_retry = false;
    // Failed with may_retry: the other side asked for at least this much patience. 0: it did not.
    Millis retry_after{0};
    std::string result_json = "{}";  // succeeded
    std::string summary = {};        // succeeded, for people; may be empty
    std::string effect_id = {};      // succeeded: the receiver's own id for the effect
    Millis took{0};

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

std::string_view to_text(Outcome::Kind kind);

inline constexpr std::size_t result_bytes_max = 16 * 1024;
inline constexpr std::size_t summary_characters_max = 2048;

enum class Retry : std::uint8_t { never, may };

// Each of these makes its texts fit: invalid UTF-8 and U+0000 are replaced, long texts are cut
// between two characters, an empty message becomes the code.
Outcome succeeded(std::string result_json = "{}", std::string_view summary = {});
Outcome failed(std::string_view code, std::string_view message, Retry retry = Retry::never);
Outcome unknown(std::string_view code, std::string_view message);
Outcome cancelled(std::string_view message);

// An object of at most `bytes_max` bytes: `value` itself when it is one and fits. Else what fits of
// it, members in order, texts cut, and "truncated": true. What is no object becomes {"value": ...}.
// `bytes_max` is at least 64.
std::string fit_object(const contract::Json& value, std::size_t bytes_max = result_bytes_max);
// Text as {"text": ...}, cut the same way.
std::string fit_text(std::string_view text, std::size_t bytes_max = result_bytes_max);

// Its first characters as valid UTF-8 without U+0000.
std::string fit(std::string_view text, std::size_t characters_max);

}  // namespace lifeline::orchestration
