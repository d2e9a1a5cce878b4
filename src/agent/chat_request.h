#pragma once

#include <map>
#include <string>
#include <string_view>

#include "agent/driver.h"
#include "agent/profile.h"

namespace lifeline::agent {

// Tools' names there and back: one wire name for each tool of a prompt.
class WireNames {
public:
    explicit WireNames(const Prompt& prompt);
    const std::string& wire(const std::string& tool);
    // The tool of that wire name; the name itself where there is none.
    std::string tool(std::string_view wire) const;

private:
    std::map<std::string, std::string, std::less<>> to_wire_;
    std::map<std::string, std::string, std::less<>> to_tool_;
};

// The body of POST /chat/completions.
std::string chat_request(const Prompt& prompt, const Profile& profile, std::string_view model,
                         WireNames& names);

}  // namespace lifeline::agent
