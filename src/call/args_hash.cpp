#include "call/args_hash.h"

#include <initializer_list>

#include "base/digest.h"
#include "base/text.h"

namespace lifeline::call {

namespace {

// Each part with its length before it, so that no two lists of parts are the same bytes.
std::string digest_of(std::initializer_list<std::string_view> parts) {
    std::string bytes;
    for (const std::string_view part : parts) {
        bytes += std::to_string(part.size());
        bytes += ':';
        bytes += part;
    }
    return to_hex(sha256(bytes));
}

}  // namespace

std::string args_hash(std::string_view action_id, std::string_view action_type,
                      std::string_view canonical_args) {
    return digest_of({"lifeline.action.v1", action_id, action_type, canonical_args});
}

std::string content_digest(std::string_view action_type, std::string_view canonical_args) {
    return digest_of({"lifeline.action.content.v1", action_type, canonical_args}).substr(0, 32);
}

}  // namespace lifeline::call
