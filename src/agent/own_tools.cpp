#include "agent/own_tools.h"

#include "agent/prompt.h"
#include "contract/canonical.h"
#include "contract/form.h"
#include "contract/json.h"
#include "contract/reason.h"

namespace lifeline::agent::own_tools {

namespace {

using contract::Json;

constexpr std::string_view mode_schema =
    R"({"type":"object","required":["mode"],"additionalProperties":false,"properties":{)"
    R"("mode":{"type":"string","description":"The mode, as the application calls it."},)"
    R"("state":{"type":"string","enum":["activated","updated","deactivated"]},)"
    R"("reason":{"type":"string"},"context":{"type":"object"}}})";
constexpr std::string_view intent_schema =
    R"({"type":"object","required":["intent"],"additionalProperties":false,"properties":{)"
    R"("intent":{"type":"string","description":"What the person wants, as one word."},)"
    R"("confidence":{"type":"number","minimum":0,"maximum":1},"slots":{"type":"object"}}})";

bool is_word(std::string_view text) {
    return contract::matches(contract::Form::word, text);
}

std::string object_of(const Json& json, std::string_view key) {
    const auto inner = json.find(key);
    return inner && inner->is_object() ? contract::canonical_json(*inner) : std::string();
}

}  // namespace

std::vector<ToolOffer> offers() {
    return {{std::string(set_mode), "Says which mode the application is in from now on.",
             std::string(mode_schema)},
            {std::string(note_intent), "Notes what the person wants, for the application.",
             std::string(intent_schema)}};
}

Result<Mode> read_mode(std::string_view args_json) {
    const auto json = Json::parse(args_json);
    Mode mode;
    if (json) mode.mode = json->text("mode").value_or("");
    if (!is_word(mode.mode))
        return contract::refuse(contract::reason::args_invalid,
                                "mode must be a word of letters, digits and _.:/-");
    if (const auto state = json->text("state")) mode.state = *state;
    if (mode.state != "activated" && mode.state != "updated" && mode.state != "deactivated")
        return contract::refuse(contract::reason::args_invalid,
                                "state must be activated, updated or deactivated");
    if (const auto reason = json->text("reason"); reason && !reason->empty())
        mode.reason = cut(*reason, 500);
    mode.context_json = object_of(*json, "context");
    return mode;
}

Result<Intent> read_intent(std::string_view args_json) {
    const auto json = Json::parse(args_json);
    Intent intent;
    if (json) intent.intent = json->text("intent").value_or("");
    if (!is_word(intent.intent))
        return contract::refuse(contract::reason::args_invalid,
                                "intent must be a word of letters, digits and _.:/-");
    if (const auto confidence = json->find("confidence")) {
        intent.confidence = confidence->as_number().value_or(-1);
        if (intent.confidence < 0 || intent.confidence > 1)
            return contract::refuse(contract::reason::args_invalid,
                                    "confidence must be a number from 0 to 1");
    }
    intent.slots_json = object_of(*json, "slots");
    return intent;
}

}  // namespace lifeline::agent::own_tools
