#include "agent/profile.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace lifeline::agent {

namespace {

constexpr std::array table{
    Profile{.name = "generic", .base_url = "", .limit_field = "max_tokens"},
    // Moonshot: tool_choice "required" and other sampling than its own are refused, and a thinking
    // model's tool calls without reasoning_content too.
    Profile{.name = "kimi",
            .base_url = "https://api.moonshot.ai/v1",
            .limit_field = "max_tokens",
            .thought_comes_back = true},
    Profile{.name = "openai",
            .base_url = "https://api.openai.com/v1",
            .limit_field = "max_completion_tokens"},
    Profile{.name = "opencode",
            .base_url = "https://opencode.ai/zen/v1",
            .limit_field = "max_tokens",
            .thought_comes_back = true},
    Profile{.name = "ollama",
            .base_url = "http://127.0.0.1:11434/v1",
            .limit_field = "max_tokens",
            .needs_key = false},
};

constexpr std::size_t wire_name_max = 64;

}  // namespace

std::span<const Profile> profiles() {
    return table;
}

const Profile* find_profile(std::string_view name) {
    const auto found = std::ranges::find(table, name, &Profile::name);
    return found == table.end() ? nullptr : &*found;
}

std::string wire_name(std::string_view tool) {
    std::string name(tool.substr(0, wire_name_max));
    for (char& c : name)
        if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-') c = '_';
    return name.empty() ? "tool" : name;
}

}  // namespace lifeline::agent
