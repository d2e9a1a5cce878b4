#include "agent/prompt.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "contract/json_writer.h"

namespace lifeline::agent {

namespace {

using Role = Message::Role;
using Kind = Conversation::Kind;

// Of what was heard before a cut, enough to know the place.
constexpr std::size_t cut_note_bytes = 120;

// Messages that belong together: a tool's call without its result is refused by most providers.
struct Block {
    std::vector<Message> messages;
    std::size_t bytes = 0;
    std::uint64_t seq = 0;
    std::uint64_t last_seq = 0;     // Of the last event in which it was said.
    std::string utterance_id = {};  // Of a person's, or another agent's.
};

std::size_t bytes_of(const Message& message) {
    std::size_t bytes = message.text.size() + message.thought.size() + 16;
    for (const ToolCall& call : message.calls) bytes += call.name.size() + call.args_json.size();
    return bytes;
}

Block block_of(std::vector<Message> messages, std::uint64_t seq) {
    Block block{.messages = std::move(messages), .seq = seq, .last_seq = seq};
    for (const Message& message : block.messages) block.bytes += bytes_of(message);
    return block;
}

bool blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

std::size_t people_in(const Conversation& conversation) {
    return static_cast<std::size_t>(
        std::ranges::count_if(conversation.participants(), [&](const ParticipantRecord& one) {
            return one.id != conversation.agent_id() && one.role != "viewer";
        }));
}

std::string who(const Conversation& conversation, const Utterance& said) {
    std::string_view name = conversation.name_of(said.participant_id);
    if (name.empty()) name = said.participant_id;
    const std::string_view what = said.speaker == Speaker::agent       ? ", another agent"
                                  : said.speaker == Speaker::operator_ ? ", an operator"
                                                                       : "";
    return fmt::format("[{}{}] ", name, what);
}

std::string_view last_of(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return text;
    std::size_t from = text.size() - bytes_max;
    while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0) == 0x80) ++from;
    return text.substr(from);
}

// Nobody's words, and news when it came: whoever remembers what it said itself remembers more than
// was heard.
Block cut_note(const Utterance& said) {
    return block_of(
        {{.role = Role::user,
          .text = blank(said.text)
                      ? "[Note of the server: you were interrupted, and nothing was heard of what "
                        "you said there.]"
                      : fmt::format("[Note of the server: you were interrupted. The last that was "
                                    "heard of what you said there is \"{}\".]",
                                    last_of(said.text, cut_note_bytes))}},
        said.cut_seq);
}

// Their words are theirs: only what this agent said is the assistant's.
Block spoken(const Conversation& conversation, const Utterance& said, bool named) {
    if (said.participant_id == conversation.agent_id())
        return block_of({{.role = Role::assistant, .text = said.text}}, said.seq);
    const bool plain = !named && said.speaker == Speaker::user;
    Block block =
        block_of({{.role = Role::user,
                   .text = (plain ? std::string() : who(conversation, said)) + said.text}},
                 said.seq);
    block.last_seq = said.last_seq;
    block.utterance_id = said.id;
    return block;
}

Block acted(const ActionRecord& action, std::size_t result_bytes) {
    const std::string call_id = fmt::format("call_{}", action.seq);
    return block_of(
        {{.role = Role::assistant, .calls = {{call_id, action.type, action.args_json}}},
         {.role = Role::tool, .text = outcome_text(action, result_bytes), .call_id = call_id}},
        action.seq);
}

bool shown(const Utterance& said) {
    return !blank(said.text) && (said.is_final || said.is_cut);
}

std::deque<Block> blocks_of(const PromptParts& parts) {
    std::deque<Block> blocks;
    const Conversation& conversation = parts.conversation;
    const bool named = people_in(conversation) > 1;
    for (const auto& entry : conversation.entries()) {
        if (entry.kind == Kind::utterance) {
            const Utterance& said = entry.utterance;
            if (!parts.running.empty() && said.turn_id == parts.running) continue;
            if (shown(said)) blocks.push_back(spoken(conversation, said, named));
            if (said.is_cut && said.participant_id == conversation.agent_id())
                blocks.push_back(cut_note(said));
        } else if (entry.action.requester == conversation.agent_id() &&
                   (parts.running.empty() || entry.action.turn_id != parts.running)) {
            blocks.push_back(acted(entry.action, parts.window.result_bytes));
        }
    }
    return blocks;
}

// Gives the place of the last thing that this agent said or did before; 0 where it did nothing.
std::uint64_t mark_new(const PromptParts& parts, std::deque<Block>& blocks) {
    std::uint64_t last_own = 0;
    for (const Block& block : blocks)
        for (const Message& message : block.messages)
            if (message.role == Role::assistant) last_own = std::max(last_own, block.seq);
    const TurnRecord* turn = parts.conversation.turn(parts.running);
    for (Block& block : blocks) {
        const bool answered_now =
            turn != nullptr && !block.utterance_id.empty() &&
            std::ranges::find(turn->inputs, block.utterance_id) != turn->inputs.end();
        for (Message& message : block.messages)
            message.is_new = answered_now || block.last_seq > last_own;
    }
    return last_own;
}

// What became known after the turn that asked was over stands far back by now: it is said again.
std::string news(const PromptParts& parts) {
    std::string text;
    for (const auto& entry : parts.conversation.entries()) {
        if (entry.kind != Kind::action) continue;
        const ActionRecord& action = entry.action;
        if (action.requester != parts.conversation.agent_id() || action.told || !action.is_over() ||
            action.turn_id == parts.running)
            continue;
        text += fmt::format("\n- {} ({}): {}", action.type, cut(action.summary, 200),
                            outcome_text(action, parts.window.result_bytes));
    }
    return text;
}

void add_rounds(const PromptParts& parts, std::vector<Message>& messages) {
    std::size_t number = 0;
    for (const Round& round : parts.rounds) {
        if (round.calls.empty()) continue;
        Message asked{.role = Role::assistant, .text = round.text, .thought = round.thought};
        std::vector<Message> answers;
        for (const CalledTool& called : round.calls) {
            ToolCall call = called.call;
            call.id = fmt::format("now_{}", ++number);
            const ActionRecord* action = parts.conversation.action(called.action_id);
            answers.push_back({.role = Role::tool,
                               .text = action != nullptr
                                           ? outcome_text(*action, parts.window.result_bytes)
                                           : called.answer,
                               .call_id = call.id});
            asked.calls.push_back(std::move(call));
        }
        messages.push_back(std::move(asked));
        for (Message& answer : answers) messages.push_back(std::move(answer));
    }
}

}  // namespace

std::string_view cut(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return text;
    std::size_t end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return text.substr(0, end);
}

std::string outcome_text(const ActionRecord& action, std::size_t bytes_max) {
    using State = ActionRecord::State;
    contract::JsonWriter json;
    json.object();
    const auto say = [&](std::string_view status, std::string_view note) {
        json.key("status").value(status);
        if (!note.empty()) json.key("note").value(note);
    };
    switch (action.state) {
        case State::waiting:
            say("waiting_for_the_person",
                "The person was asked to confirm this. It has not happened. Do not ask for it "
                "again; you will be told what they decide.");
            break;
        case State::asked:
        case State::running:
            say("running", "It is not done yet. You will be told what comes of it.");
            break;
        case State::over:
            if (action.outcome == "succeeded") {
                json.key("status").value("succeeded");
                if (!action.detail.empty()) json.key("summary").value(cut(action.detail, 1024));
                if (action.result_json.size() > bytes_max) {
                    json.key("result").value(cut(action.result_json, bytes_max));
                    json.key("truncated").value(true);
                } else if (!action.result_json.empty() && action.result_json != "{}") {
                    json.key("result").raw(action.result_json);
                }
            } else if (action.outcome == "denied") {
                say("denied",
                    "The person said no. It did not happen. Do not ask for it again "
                    "unless they want it after all.");
            } else if (action.outcome == "expired") {
                say("expired", "The person did not answer in time. It did not happen.");
            } else if (action.outcome == "unknown") {
                say("unknown", "It is not known whether it happened. Say so; do not repeat it. " +
                                   action.detail);
            } else {
                say(action.outcome, action.detail);
            }
            break;
    }
    json.end();
    return json.take();
}

std::string system_text(const PromptParts& parts) {
    const Conversation& conversation = parts.conversation;
    std::string text(parts.persona);
    if (!text.empty()) text += "\n\n";
    text +=
        "You are in a live conversation that may be spoken: answer briefly, in plain sentences. "
        "You act only through your tools. A tool's result says what really happened; until it "
        "says succeeded, it has not.";
    std::string people;
    for (const ParticipantRecord& one : conversation.participants()) {
        if (one.removed || one.id == conversation.agent_id()) continue;
        people += fmt::format("{}{} ({}{})", people.empty() ? "" : ", ",
                              one.name.empty() ? one.id : one.name, one.role,
                              one.id == conversation.owner_id() ? ", whose call it is" : "");
    }
    if (!people.empty()) text += "\nHere are: " + people + ".";
    if (!conversation.mode().empty()) {
        text += "\nThe mode is " + conversation.mode();
        if (!conversation.mode_context().empty())
            text += ", its context " + std::string(cut(conversation.mode_context(), 2048));
        text += ".";
    }
    if (!conversation.documents().empty()) {
        text += "\nDocuments of this call:";
        for (const auto& [id, document] : conversation.documents())
            text += fmt::format("\n- {} kind={} rev={}{}{}", id, document.kind, document.rev,
                                document.title.empty() ? "" : " title=", document.title);
    }
    return text;
}

std::vector<Message> messages_of(const PromptParts& parts) {
    auto blocks = blocks_of(parts);
    std::size_t bytes = 0;
    std::size_t count = 0;
    for (const Block& block : blocks) {
        bytes += block.bytes;
        count += block.messages.size();
    }
    std::size_t left_out = parts.conversation.dropped();
    while (blocks.size() > 1 && (bytes > parts.window.bytes || count > parts.window.messages)) {
        bytes -= blocks.front().bytes;
        count -= blocks.front().messages.size();
        blocks.pop_front();
        ++left_out;
    }
    const std::uint64_t last_own = mark_new(parts, blocks);
    std::vector<Message> messages = parts.before;
    for (Message& message : messages) message.is_new = last_own == 0;
    if (left_out > 0)
        messages.push_back(
            {.role = Role::user,
             .text =
                 fmt::format("[{} earlier entries of this conversation are left out.]", left_out),
             .is_new = false});
    for (Block& block : blocks)
        for (Message& message : block.messages) messages.push_back(std::move(message));
    if (const std::string text = news(parts); !text.empty())
        messages.push_back(
            {.role = Role::user,
             .text = "[What became of your actions since; tell the person what matters.]" + text});
    add_rounds(parts, messages);
    return messages;
}

std::vector<std::string> told_by_prompt(const Conversation& conversation) {
    std::vector<std::string> ids;
    for (const auto& entry : conversation.entries())
        if (entry.kind == Kind::action && entry.action.requester == conversation.agent_id() &&
            entry.action.is_over() && !entry.action.told)
            ids.push_back(entry.action.id);
    return ids;
}

std::vector<Message> tail_of(const Conversation& conversation, std::size_t messages_max,
                             std::size_t bytes_max) {
    const std::vector<Round> none;
    const std::vector<Message> nothing;
    PromptParts parts{.conversation = conversation,
                      .persona = {},
                      .running = {},
                      .rounds = none,
                      .before = nothing,
                      .window = {.messages = messages_max, .bytes = bytes_max}};
    auto messages = messages_of(parts);
    if (messages.empty()) return messages;
    messages.insert(
        messages.begin(),
        {.role = Role::user, .text = "[From the call before, which this one continues:]"});
    messages.push_back({.role = Role::user, .text = "[A new call begins here.]"});
    return messages;
}

}  // namespace lifeline::agent
