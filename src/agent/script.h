#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contract/json.h"

namespace lifeline::agent {

// What a scripted agent says and does when somebody says something: rules in order, the first that
// fits. Enough for a story without any model; docs/agents.md describes the file.
struct ScriptAction {
    std::string type;
    std::string args_json = "{}";  // With {placeholders} in its texts.
};

struct ScriptRule {
    // One of them is in what was said, as whole words; or a pattern is: "write to {to} {text}".
    std::vector<std::string> words;
    std::vector<std::string> patterns;
    std::string needs_document;   // Only when the call has a document of this kind,
    std::string unless_document;  // or has none.
    std::string say;
    std::string mode;
    std::string mode_context_json;
    std::string intent;
    std::string slots_json;
    std::vector<ScriptAction> actions;
    // What to say when an action of it came out so: "succeeded", "waiting_for_the_person",
    // "denied".
    std::map<std::string, std::string, std::less<>> results;
};

using Captures = std::map<std::string, std::string, std::less<>>;

class Script {
public:
    // Of a file: {"rules":[...],"otherwise":"..."}; tool_invalid names what is wrong in it.
    static Result<Script> read(std::string_view json);
    // Small talk, and "write to NAME@EXAMPLE TEXT" for the tool that stands for one that sends.
    static Script standard();

    // The first rule that fits, with what its pattern caught; null when none does.
    const ScriptRule* find(std::string_view said, const Captures& documents,
                           Captures& captures) const;
    // The first rule that asks for an action of this type.
    const ScriptRule* of_action(std::string_view type) const;
    const std::string& otherwise() const { return otherwise_; }

private:
    std::vector<ScriptRule> rules_;
    std::string otherwise_ = "You said: {text}";
};

// `{name}` by what was caught; what is not known stays as it is.
std::string filled(std::string_view text, const Captures& captures);
// The same in every text of a JSON value; a text that is "{rev.KIND}" alone becomes a number.
std::string filled_json(const contract::Json& value, const Captures& captures);

}  // namespace lifeline::agent
