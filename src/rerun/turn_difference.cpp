#include "rerun/turn_difference.h"

#include <fmt/format.h>

#include <algorithm>

#include "contract/canonical.h"
#include "contract/json.h"

namespace lifeline::rerun {

namespace {

using contract::Json;
using Kind = CallDifference::Kind;

// RFC 6901
std::string step(std::string_view key) {
    std::string text = "/";
    for (const char letter : key)
        text += letter == '~' ? "~0" : letter == '/' ? "~1" : std::string(1, letter);
    return text;
}

void compare(const std::optional<Json>& was, const std::optional<Json>& would, std::string pointer,
             std::vector<ArgsChange>& changes) {
    if (was && would && was->is_object() && would->is_object()) {
        for (const auto& [key, value] : was->members())
            compare(value, would->find(key), pointer + step(key), changes);
        for (const auto& [key, value] : would->members())
            if (!was->find(key)) compare(std::nullopt, value, pointer + step(key), changes);
        return;
    }
    const std::string before = was ? contract::canonical_json(*was) : "";
    const std::string after = would ? contract::canonical_json(*would) : "";
    if (before != after) changes.push_back({std::move(pointer), before, after});
}

std::string_view trimmed(std::string_view text) {
    const auto blank = " \t\r\n";
    const auto first = text.find_first_not_of(blank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

// Each new call belongs to one recorded: the same one, else the next of its type.
std::vector<const agent::ToolCall*> partners(const RecordedTurn& turn, const Answer& answer,
                                             std::vector<bool>& taken) {
    std::vector<const agent::ToolCall*> of(turn.calls.size(), nullptr);
    const auto pair = [&](auto fits) {
        for (std::size_t i = 0; i < turn.calls.size(); ++i)
            for (std::size_t k = 0; k < answer.calls.size() && of[i] == nullptr; ++k)
                if (!taken[k] && fits(turn.calls[i], answer.calls[k])) {
                    of[i] = &answer.calls[k];
                    taken[k] = true;
                }
    };
    pair([](const RecordedCall& was, const agent::ToolCall& would) {
        return was.type == would.name && was.args_json == would.args_json;
    });
    pair([](const RecordedCall& was, const agent::ToolCall& would) {
        return was.type == would.name;
    });
    return of;
}

}  // namespace

std::vector<ArgsChange> args_changes(std::string_view was_json, std::string_view would_json) {
    std::vector<ArgsChange> changes;
    const auto was = Json::parse(was_json);
    const auto would = Json::parse(would_json);
    if (was && would)
        compare(*was, *would, "", changes);
    else if (was_json != would_json)
        changes.push_back({"", std::string(was_json), std::string(would_json)});
    return changes;
}

std::string_view to_text(Kind kind) {
    switch (kind) {
        case Kind::same:
            return "same";
        case Kind::other_arguments:
            return "other arguments";
        case Kind::only_recorded:
            return "only recorded";
        case Kind::only_new:
            return "only new";
        case Kind::not_reached:
            break;
    }
    return "not reached";
}

TurnDifference difference_of(const RecordedTurn& turn, const Answer& answer) {
    TurnDifference difference;
    if (answer.failure) {
        difference.unknown = true;
        difference.why_unknown =
            fmt::format("{}: {}", answer.failure->reason, answer.failure->detail);
        return difference;
    }
    if (answer.stopped == "quota") {
        difference.unknown = true;
        difference.why_unknown = "a cap of the agent is reached";
        return difference;
    }
    std::vector<bool> taken(answer.calls.size(), false);
    const auto of = partners(turn, answer, taken);
    for (std::size_t i = 0; i < turn.calls.size(); ++i) {
        const RecordedCall& was = turn.calls[i];
        CallDifference call{.type = was.type, .recorded_json = was.args_json};
        if (of[i] == nullptr) {
            call.kind = answer.whole() ? Kind::only_recorded : Kind::not_reached;
        } else {
            call.new_json = of[i]->args_json;
            call.changes = args_changes(was.args_json, of[i]->args_json);
            call.kind = call.changes.empty() ? Kind::same : Kind::other_arguments;
        }
        difference.other_calls |= call.kind != Kind::same && call.kind != Kind::not_reached;
        difference.calls.push_back(std::move(call));
    }
    for (std::size_t k = 0; k < answer.calls.size(); ++k) {
        if (taken[k]) continue;
        difference.calls.push_back({.kind = Kind::only_new,
                                    .type = answer.calls[k].name,
                                    .new_json = answer.calls[k].args_json});
        difference.other_calls = true;
    }
    // What it would have asked for yet, had it gone on, nobody knows.
    if (turn.lost || turn.state != "completed") {
        difference.unknown = true;
        difference.other_calls = false;
        difference.why_unknown = turn.lost
                                     ? "something of what the agent then had or said was erased"
                                     : fmt::format("the recorded turn is {}{}{}", turn.state,
                                                   turn.why.empty() ? "" : ": ", turn.why);
    } else if (answer.whole()) {
        difference.other_words = trimmed(turn.text) != trimmed(answer.text);
    }
    return difference;
}

}  // namespace lifeline::rerun
