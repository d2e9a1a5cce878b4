#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

// The line between the turn loop, which knows calls and no model, and what thinks, which knows a
// model and no call. A driver holds nothing that a call could miss: what the model is to know is in
// the prompt, every time, rebuilt from the journal.
namespace lifeline::agent {

// A tool that the model may call, in Lifeline's own name ("document.create"); a driver whose
// provider takes no such names maps them there and back.
struct ToolOffer {
    std::string name = {};
    std::string description = {};
    std::string schema_json = {};  // JSON Schema of an object; empty: any object.

    friend bool operator==(const ToolOffer&, const ToolOffer&) = default;
};

struct ToolCall {
    std::string id = {};  // The model's; unique within its turn.
    std::string name = {};
    std::string args_json = "{}";

    friend bool operator==(const ToolCall&, const ToolCall&) = default;
};

// One entry of what the model is shown, in order. A tool's result follows the message that called
// it.
struct Message {
    enum class Role : std::uint8_t { user, assistant, tool };
    Role role = Role::user;
    std::string text = {};
    std::vector<ToolCall> calls = {};  // assistant
    std::string call_id = {};          // tool: whose result `text` is
    // assistant: what the model thought before it called a tool. Some want it back in the same turn
    // (Hearer::thought), nobody else reads it.
    std::string thought = {};
    // Since this agent's turn before: for a provider that keeps a conversation of its own.
    bool is_new = true;

    friend bool operator==(const Message&, const Message&) = default;
};

struct Prompt {
    std::string session_id = {};  // The call.
    std::string agent_id = {};    // The userId under which the agent takes part.
    std::string owner_id = {};    // Whose call it is; may be empty.
    std::string account_id = {};  // Whose product it is; may be empty.
    std::string turn_id = {};
    std::string idempotency_key = {};  // The same for the same model call, also after a restart.
    std::string system = {};           // Persona, and what is so now.
    std::vector<Message> messages = {};
    std::vector<ToolOffer> tools = {};
    std::int64_t output_tokens_max = 0;  // 0: the model's own limit.
    Millis timeout{60'000};              // In all, from start to the end that is told.
};

// What one model call cost. What was not said is not known; it is never 0.
struct Usage {
    std::optional<std::int64_t> input_tokens = {};  // All of them, cached ones too.
    std::optional<std::int64_t> cached_tokens = {};
    std::optional<std::int64_t> output_tokens = {};

    friend bool operator==(const Usage&, const Usage&) = default;
};

struct Failure {
    std::string reason = {};  // A `code` of the contract: "model_unreachable", "model_stalled".
    std::string detail = {};  // For people; never holds a key.
    bool retryable = false;   // Another attempt may succeed.
    bool reached = true;      // A model may have been at work on it, and have cost something.
    Millis retry_after{0};    // The other side asked for this much patience; 0: it did not.

    friend bool operator==(const Failure&, const Failure&) = default;
};

// Hears what comes of a run, on the loop. After `ended` or `failed`, of which one comes, or after
// the Run is destroyed, nothing is told any more. The run may be destroyed from inside each.
class Hearer {
public:
    virtual void text(std::string_view piece) = 0;
    virtual void thought(std::string_view piece) = 0;
    // Whole; `args_json` is what the model wrote and may be no JSON at all.
    virtual void called(ToolCall call) = 0;
    // Which model really answers, where that is known: a fallback, or what the provider says.
    virtual void answering(std::string_view model) = 0;
    // Of this model call; the last one counts. May be missing.
    virtual void used(const Usage& usage) = 0;
    // This attempt is over, and another one, of this model or the next, takes its place.
    virtual void gave_way(const Failure& /*failure*/) {}
    // `stop_reason`: "end_turn", "tool_calls", "max_tokens", "refused", or the provider's word.
    virtual void ended(std::string_view stop_reason) = 0;
    virtual void failed(const Failure& failure) = 0;

protected:
    ~Hearer() = default;
};

// One model call under way. To destroy it is to cancel it: the provider is told to stop where it
// can be.
class Run {
public:
    virtual ~Run() = default;
};

class Driver {
public:
    virtual ~Driver() = default;

    // The `orchestrator` of turn.started: "openai", "scripted", "openclaw".
    virtual std::string_view name() const = 0;
    // The model it asks first; empty where that is not ours to choose.
    virtual std::string_view model() const = 0;
    // Its tools come to it by another door (MCP), through which it asks for actions itself: it is
    // offered none, calls none here, and one run is a whole turn.
    virtual bool acts_by_itself() const { return false; }
    // What it does may cost something.
    virtual bool asks_a_model() const { return true; }
    // Nothing is told from inside start. The hearer outlives the run.
    virtual std::unique_ptr<Run> start(Prompt prompt, Hearer& hearer) = 0;
    // A run that another process started may go on at the provider with nobody to hear it: it is
    // told to stop before anything else is asked of it.
    virtual void call_off(std::string_view /*session_id*/, std::string_view /*idempotency_key*/) {}
};

}  // namespace lifeline::agent
