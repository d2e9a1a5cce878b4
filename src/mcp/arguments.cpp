#include "mcp/arguments.h"

#include <fmt/format.h>

#include <algorithm>

#include "contract/canonical.h"
#include "contract/reason.h"

namespace lifeline::mcp {

using contract::Json;

Arguments::Arguments(const Json& json, std::initializer_list<std::string_view> known)
    : json_(json) {
    for (const auto& member : json.members())
        if (std::ranges::find(known, member.key) == known.end())
            wrong(member.key.substr(0, 64), "is not known here");
}

void Arguments::wrong(std::string_view name, std::string_view why) {
    if (fault_) return;
    fault_ = contract::error_for(contract::reason::args_invalid, fmt::format("{} {}", name, why),
                                 fmt::format("/params/arguments/{}", name));
}

std::optional<Json> Arguments::find(std::string_view name, Must must) {
    auto found = json_.find(name);
    // Many models write null for what they leave out.
    if (found && found->kind() == Json::Kind::null) found.reset();
    if (!found && must == Must::be_there) wrong(name, "is missing");
    return found;
}

std::string Arguments::text(std::string_view name, Must must, std::size_t bytes_max) {
    const auto found = find(name, must);
    if (!found) return {};
    const auto text = found->as_text();
    if (!text || text->empty() || text->size() > bytes_max) {
        wrong(name, fmt::format("must be a text of 1 to {} bytes", bytes_max));
        return {};
    }
    return std::string(*text);
}

std::string Arguments::form(std::string_view name, Must must, contract::Form form) {
    std::string text = this->text(name, must, 128);
    if (!text.empty() && !contract::matches(form, text)) wrong(name, "has not the right form");
    return text;
}

std::int64_t Arguments::integer(std::string_view name, std::int64_t least, std::int64_t most,
                                std::int64_t otherwise) {
    const auto found = find(name, Must::be_fine);
    if (!found) return otherwise;
    const auto number = found->as_integer();
    if (!number || *number < least || *number > most) {
        wrong(name, fmt::format("must be a whole number from {} to {}", least, most));
        return otherwise;
    }
    return *number;
}

std::string Arguments::object(std::string_view name, Must must) {
    const auto found = find(name, must);
    if (found && !found->is_object()) wrong(name, "must be an object");
    return found ? contract::canonical_json(*found) : std::string();
}

std::string Arguments::list(std::string_view name, Must must) {
    const auto found = find(name, must);
    if (found && !found->is_array()) wrong(name, "must be a list");
    return found ? contract::canonical_json(*found) : std::string();
}

}  // namespace lifeline::mcp
