#pragma once

#include <chrono>
#include <expected>
#include <string>
#include <string_view>

namespace lifeline {

// What a caller may branch on. A closed list of general words; what exactly happened is the
// `reason` of the Error.
enum class Code {
    malformed,        // The input breaks a rule of its own form.
    unauthenticated,  // Nobody, or nobody we know.
    not_allowed,      // Somebody, but not for this.
    not_found,        // Not there, or not there for you.
    conflict,         // Against what is already so: another body, an illegal transition.
    gone,             // It was there and is over.
    too_large,
    overloaded,   // A limit said no; later may be better.
    unavailable,  // Something we need does not answer; nothing was written.
    stale_head,   // An append by a writer that no longer owns the stream.
    corrupt,      // Stored bytes are not what was written.
    internal,
};

// A refusal or a failure that was to be expected. `reason` is stable and one of
// schema/v1/errors.json; `detail` is for people and never matched on; `pointer` is the JSON pointer
// of the offending value, where there is one; `retry_after` is what a limit that said no knows of
// when it may say yes, 0 where nobody knows.
struct Error {
    Code code = Code::internal;
    std::string reason;
    std::string detail = {};
    std::string pointer = {};
    std::chrono::milliseconds retry_after{0};

    friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
using Result = std::expected<T, Error>;

using Status = Result<void>;

// `return fail(Code::malformed, "json_invalid", "...");` from any function that gives a Result.
inline std::unexpected<Error> fail(Code code, std::string_view reason, std::string detail = {},
                                   std::string pointer = {}) {
    return std::unexpected(Error{code, std::string(reason), std::move(detail), std::move(pointer)});
}

inline std::unexpected<Error> fail(Error error) {
    return std::unexpected(std::move(error));
}

}  // namespace lifeline
