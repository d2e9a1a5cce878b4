#pragma once

#include <span>
#include <string>
#include <string_view>

namespace lifeline::agent {

// What one provider of "OpenAI-compatible" chat completions refuses or needs beyond the rest, as
// data. What no provider is sure to take is never sent: a forced tool_choice, sampling parameters.
struct Profile {
    std::string_view name;
    std::string_view base_url;     // Where the configuration names none; empty: it must.
    std::string_view limit_field;  // How the longest answer is asked for.
    bool needs_key = true;
    bool asks_for_usage = true;  // stream_options.include_usage; without it none is sent.
    // What the model thought must come back with its tool calls (reasoning_content), also where
    // nothing is known of it any more.
    bool thought_comes_back = false;
};

std::span<const Profile> profiles();
const Profile* find_profile(std::string_view name);

// As a provider takes a tool's name: ^[a-zA-Z0-9_-]{1,64}$. Different tools may fall together.
std::string wire_name(std::string_view tool);

}  // namespace lifeline::agent
