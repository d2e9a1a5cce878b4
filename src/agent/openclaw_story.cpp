#include "agent/openclaw_story.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lifeline::agent::openclaw {

using Course = Heard::Course;

std::string Story::tell(const Heard& heard) {
    if (heard.text.empty()) return {};
    if (!heard.whole) {
        message_ += heard.text;
        told_any_ = true;
        return heard.text;
    }
    // Behind what was told already, or the very same.
    if (message_.starts_with(heard.text)) return {};
    if (heard.text.starts_with(message_)) {
        std::string piece = heard.text.substr(message_.size());
        message_ = heard.text;
        told_any_ = true;
        return piece;
    }
    // Another message of the same turn, after a tool.
    message_ = heard.text;
    return (std::exchange(told_any_, true) ? "\n\n" : "") + heard.text;
}

std::string Story::take(const Heard& heard) {
    if (heard.usage) usage_ = heard.usage;
    if (!heard.model.empty()) model_ = heard.model;
    const bool over = end_ != End::none;
    const bool is_result = heard.kind == Heard::Kind::response && heard.course == Course::finished;
    if (over && !(is_result && end_ == End::finished)) return {};
    result_ = result_ || is_result;
    switch (heard.course) {
        case Course::nothing:
            return {};
        case Course::text:
            return tell(heard);
        case Course::finished:
            end_ = End::finished;
            // A result may hold all messages of the turn: it helps where it goes on from what came.
            if (is_result && told_any_ && !heard.text.starts_with(message_)) return {};
            return tell(heard);
        case Course::cancelled:
            end_ = End::cancelled;
            return {};
        case Course::failed:
            end_ = End::failed;
            failure_ = heard.message;
            return {};
    }
    return {};
}

std::string message_of(const Prompt& prompt) {
    std::string out;
    if (!prompt.system.empty()) out = prompt.system + "\n\n";
    out += fmt::format(
        "This is the Lifeline call {0}. Whatever you do for its people, do by the lifeline tools, "
        "and give each of them \"_lifeline\": {{\"session\": \"{0}\"}}.\n\n",
        prompt.session_id);
    for (const Message& message : prompt.messages) {
        if (!message.is_new || message.text.empty() || message.role == Message::Role::assistant)
            continue;
        if (message.role == Message::Role::tool) out += "Result: ";
        out += message.text + "\n";
    }
    return out;
}

}  // namespace lifeline::agent::openclaw
