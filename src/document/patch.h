#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contract/json.h"
#include "contract/limits.h"
#include "document/place.h"
#include "document/value.h"

namespace lifeline::document {

// JSON Patch (RFC 6902).
struct Operation {
    enum class Kind : std::uint8_t { add, remove, replace, move, copy, test };
    Kind kind = Kind::add;
    Path path;
    Path from;    // move, copy
    Value value;  // add, replace, test
};

std::string_view to_text(Operation::Kind kind);

using Patch = std::vector<Operation>;

// At most this many operations; what they lead to is at most so large, and so deep.
inline constexpr std::size_t operations_max = 256;
inline constexpr std::size_t content_bytes_max = contract::limits::document_bytes_max;
inline constexpr std::size_t content_depth_max = 32;

// patch_invalid, with a pointer into the patch, for what is no JSON Patch.
Result<Patch> read_patch(const contract::Json& json);
std::string patch_json(const Patch& patch);

// Applies all of it or nothing, and says what it did, in order. Refuses patch_failed with a pointer
// to the operation that cannot be done (there is nothing at its path, a test fails),
// document_too_large, depth_exceeded. The whole document stays an object.
Result<std::vector<Effect>> apply_patch(Value& content, const Patch& patch);

}  // namespace lifeline::document
