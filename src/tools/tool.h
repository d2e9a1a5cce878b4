#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "contract/risk.h"
#include "contract/role.h"

namespace lifeline::tools {

// Who carries an action out.
enum class Kind : std::uint8_t {
    http,     // a signed POST to a backend of the operator's
    mcp,      // a tool of an MCP server
    client,   // the app of a participant, which reports the outcome
    builtin,  // Lifeline itself
};

std::string_view to_text(Kind kind);  // "http"
std::optional<Kind> kind_from(std::string_view text);

// How a confirmation shows what will happen. What is shown comes from the arguments that will be
// used, never from what the agent says about them: all but the kind and the title are JSON pointers
// into the arguments, empty where there is nothing to show.
struct Display {
    std::string scope_kind = "other";  // message_send, payment, external_post, data_delete, other
    std::string title;                 // as it is; empty: the tool's name
    std::string target;
    std::string recipients;  // a text, or a list of texts
    std::string preview;
    std::string amount;
    std::string currency;
    bool external = true;  // leaves the house of who runs the product

    friend bool operator==(const Display&, const Display&) = default;
};

inline constexpr int attempts_max = 10;
inline constexpr Millis timeout_max{600'000};

// One kind of action that an agent may ask for, and how careful to be with it.
struct Tool {
    std::string name;  // the actionType: a `word` of the contract
    Kind kind = Kind::http;
    std::string description;  // for the model
    contract::Risk risk = contract::Risk::high_risk_external_send;
    bool idempotent = false;  // Twice is as good as once, with the same Idempotency-Key.
    Millis timeout{10'000};
    int attempts = 1;    // more than one only where read-only or idempotent
    int per_minute = 0;  // 0: no limit of its own
    contract::RoleSet requesters{contract::Role::agent, contract::Role::service};
    std::string schema_json;  // JSON Schema of the arguments; empty: any object
    Display display;
    std::string url;          // http: where it is posted
    std::string secret_file;  // http: what the request is signed with
    std::string server;       // mcp: the name of a configured server
    std::string mcp_tool;     // mcp: the tool's name there; empty: `name`
    // What says what came of an action whose outcome is not known; empty: only a person does.
    std::string probe_url;   // http
    std::string probe_tool;  // mcp: of the same server
};

// Whether somebody can be asked what came of it.
inline bool probed(const Tool& tool) {
    return !tool.probe_url.empty() || !tool.probe_tool.empty();
}

// Whether another attempt can do no harm.
inline bool repeatable(const Tool& tool) {
    return tool.idempotent || tool.risk == contract::Risk::read_only;
}

// What Lifeline can do by itself, for trying things out: `lifeline.noop` does nothing,
// `lifeline.echo` gives its arguments back. These two only where a configuration declares them.
inline constexpr std::string_view builtin_noop = "lifeline.noop";
inline constexpr std::string_view builtin_echo = "lifeline.echo";
// Documents of the call: always there, without configuration.
inline constexpr std::string_view builtin_document_create = "document.create";
inline constexpr std::string_view builtin_document_edit = "document.edit";
inline constexpr std::string_view builtin_document_read = "document.read";

inline bool is_builtin(std::string_view name) {
    return name == builtin_noop || name == builtin_echo || name == builtin_document_create ||
           name == builtin_document_edit || name == builtin_document_read;
}

}  // namespace lifeline::tools
