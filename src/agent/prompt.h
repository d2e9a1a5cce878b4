#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "agent/conversation.h"
#include "agent/driver.h"

namespace lifeline::agent {

// How much of a conversation a model is shown.
struct Window {
    std::size_t messages = 120;
    std::size_t bytes = 96 * 1024;
    std::size_t result_bytes = 16 * 1024;  // Of one tool's answer: all that is kept of it.
};

// One call of a tool in the turn that runs, with what the model is told of it.
struct CalledTool {
    ToolCall call;
    std::string action_id;  // Empty: it is answered here, by `answer`.
    std::string answer;
    bool waits = false;  // For the call to take what answers it.
};

// One model call of the turn that runs.
struct Round {
    std::string text;
    std::string thought;
    std::vector<CalledTool> calls;
};

struct PromptParts {
    const Conversation& conversation;
    std::string_view persona;
    std::string_view running;  // The turn that runs; its own events are in `rounds`.
    const std::vector<Round>& rounds;
    const std::vector<Message>& before;  // From the call that this one continues.
    Window window = {};
};

// What the agent is, and what is so now: who is here, which documents there are, the mode.
std::string system_text(const PromptParts& parts);

// What was said and done, in order, as a model is to see it; the oldest are left out, with a note.
// New is what this agent's turn before could not have had, and what the running one answers: words
// whose end came late, and those that an earlier attempt did not get to.
std::vector<Message> messages_of(const PromptParts& parts);

// What a model is told of an action: its result, or why there is none (yet).
std::string outcome_text(const ActionRecord& action, std::size_t bytes_max);

// The actions of this agent that are over and whose outcome a prompt made now tells for the first
// time.
std::vector<std::string> told_by_prompt(const Conversation& conversation);

// The last of a call, for one that continues it.
std::vector<Message> tail_of(const Conversation& conversation, std::size_t messages_max,
                             std::size_t bytes_max);

// Cut between two characters.
std::string_view cut(std::string_view text, std::size_t bytes_max);

}  // namespace lifeline::agent
