#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "tools/registry.h"

namespace lifeline::mcp {

// The tools of the door itself. Those that act do so by an action like any other.
enum class OwnTool : std::uint8_t {
    request_action,
    get_action,
    create_document,
    edit_document,
    read_document,
    get_transcript,
    get_context,
    list_actions_allowed,
};

inline constexpr std::string_view document_create = "document.create";
inline constexpr std::string_view document_edit = "document.edit";
inline constexpr std::string_view document_read = "document.read";

// What a name leads to: a tool of the door's own, or an action of the registry that agents may
// request, under its own name or the one that models are shown.
struct Target {
    std::optional<OwnTool> own = {};
    const tools::Tool* action = nullptr;  // lives as long as the registry
};

// What an agent can call, as it is now: the door's own tools, and each action that agents may
// request as a tool with its own arguments, so that a model sees `send_email(to, text)` and need
// not know how Lifeline asks. An action whose name is taken is reached by request_action.
class Toolbox {
public:
    // Whether the token that was shown says which call is meant, or each tool has an argument more
    // in which the agent says so.
    enum class Call : std::uint8_t { known, named_by_argument };

    explicit Toolbox(const tools::Registry& registry, Call call = Call::known)
        : registry_(registry), call_(call) {}

    std::optional<Target> find(std::string_view name) const;
    // The `result` of tools/list, in pages. Refuses a cursor that is none with `cursor_invalid`.
    Result<std::string> list_json(std::string_view cursor) const;
    // The answer of list_actions_allowed.
    std::string actions_json() const;

private:
    const tools::Registry& registry_;
    Call call_;
};

// Models take letters, digits, _ and - only: "email.send" is shown as "email_send".
std::string shown_name(std::string_view action_type);

bool agents_may(const tools::Tool& tool);

}  // namespace lifeline::mcp
