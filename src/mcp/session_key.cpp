#include "mcp/session_key.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "contract/form.h"

namespace lifeline::mcp {

namespace {

constexpr std::string_view ours = ":lifeline:";
constexpr std::string_view spelled = "hex-";

bool has_capitals(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

std::string session_key(std::string_view agent_id, std::string_view session_id) {
    std::string id(session_id);
    if (has_capitals(id)) {
        id = spelled;
        for (const char c : session_id) id += fmt::format("{:02x}", static_cast<unsigned char>(c));
    }
    return fmt::format("agent:{}{}{}", agent_id, ours, id);
}

std::optional<std::string> session_of_key(std::string_view key) {
    const auto at = key.find(ours);
    if (at == std::string_view::npos) return std::nullopt;
    std::string id(key.substr(at + ours.size()));
    if (id.starts_with(spelled)) {
        const auto bytes = from_hex(std::string_view(id).substr(spelled.size()));
        if (!bytes) return std::nullopt;
        id = *bytes;
    }
    if (!contract::matches(contract::Form::call_id, id)) return std::nullopt;
    return id;
}

}  // namespace lifeline::mcp
