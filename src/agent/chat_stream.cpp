#include "agent/chat_stream.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/prompt.h"
#include "contract/canonical.h"

namespace lifeline::agent {

namespace {

using contract::Json;

constexpr std::size_t event_bytes_max = 1 << 20;
constexpr std::size_t parts_max = 64;
constexpr std::size_t argument_bytes_max = 256 * 1024;

bool is_hex(std::string_view text) {
    return text.size() == 4 && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
           });
}

bool is_surrogate(std::string_view escape, char from, char to) {
    const char second = escape.size() == 4 ? static_cast<char>(escape[1] | 0x20) : ' ';
    const bool high = escape.size() == 4 && (escape[0] == 'd' || escape[0] == 'D');
    return high && is_hex(escape) && second >= from && second <= to;
}

// Providers cut text where they please, also between the halves of a character; and what is no
// character at all must not cost the whole answer.
std::string repaired(std::string_view text) {
    constexpr std::string_view unknown = "\\ufffd";
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 >= text.size()) {
            out += text[i];
            continue;
        }
        if (text[i + 1] != 'u') {
            out += text.substr(i, 2);
            ++i;
            continue;
        }
        const std::string_view escape = text.substr(i + 2, 4);
        const bool low = is_surrogate(escape, 'c', 'f');
        const bool high = is_surrogate(escape, '8', '9') || is_surrogate(escape, 'a', 'b');
        const bool paired = high && text.substr(i + 6, 2) == "\\u" &&
                            is_surrogate(text.substr(std::min(i + 8, text.size()), 4), 'c', 'f');
        if (paired) {
            out += text.substr(i, 12);
            i += 11;
        } else {
            out += low || high || escape == "0000" ? unknown : text.substr(i, 6);
            i += 5;
        }
    }
    return out;
}

Result<Json> read(std::string_view text) {
    if (auto json = Json::parse(text)) return json;
    return Json::parse(repaired(text));
}

std::optional<std::int64_t> count_in(const Json& json, std::string_view key) {
    const auto value = json.find(key);
    return value ? value->as_integer() : std::nullopt;
}

std::string reason_of(std::string_view finish) {
    if (finish == "stop" || finish.empty()) return "end_turn";
    if (finish == "length") return "max_tokens";
    if (finish == "tool_calls" || finish == "function_call") return "tool_calls";
    if (finish == "content_filter") return "refused";
    return std::string(finish);
}

std::string words_of(const Json& error) {
    if (const auto text = error.as_text()) return std::string(*text);
    if (const auto message = error.text("message")) return std::string(*message);
    return "no reason is given";
}

}  // namespace

std::string provider_says(std::string_view body) {
    const auto json = read(body);
    std::string words(body);
    if (json && json->is_object()) {
        if (const auto error = json->find("error")) words = words_of(*error);
        if (const auto message = json->text("message")) words = *message;
    }
    std::ranges::replace_if(words, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
    return std::string(cut(words, 400));
}

ChatStream::ChatStream(Hearer& hearer) : hearer_(hearer), reader_(event_bytes_max) {}

ChatStream::State ChatStream::feed(std::string_view bytes) {
    const bool fits = reader_.feed(bytes, [this](const net::StreamEvent& event) {
        if (state_ == State::going) chunk(event.data);
    });
    if (!fits && state_ == State::going)
        fail_with("model_malformed", "a chunk of the answer is too long", true);
    return state_;
}

ChatStream::State ChatStream::closed() {
    if (state_ != State::going) return state_;
    // Some say why they stop and leave out the mark at the end.
    if (!stop_reason_.empty())
        state_ = State::ended;
    else
        fail_with("model_cut", "the answer ended in the middle", true);
    return state_;
}

ChatStream::State ChatStream::whole(std::string_view body) {
    const auto json = read(body);
    if (!json || !json->is_object()) {
        fail_with("model_malformed", "the answer is no JSON", true);
        return state_;
    }
    if (const auto error = json->find("error"); error && error->kind() != Json::Kind::null) {
        fail_with("model_failed", words_of(*error), true);
        return state_;
    }
    if (const auto used = json->find("usage"); used && used->is_object()) usage(*used);
    if (const auto choices = json->find("choices"))
        for (const Json& one : choices->items()) choice(one, "message");
    if (stop_reason_.empty())
        fail_with("model_malformed", "the answer has no choice", true);
    else
        state_ = State::ended;
    return state_;
}

void ChatStream::chunk(std::string_view data) {
    if (data == "[DONE]") {
        if (stop_reason_.empty()) stop_reason_ = parts_.empty() ? "end_turn" : "tool_calls";
        state_ = State::ended;
        return;
    }
    const auto json = read(data);
    if (!json || !json->is_object())
        return fail_with("model_malformed", "a chunk of the answer is no JSON", true);
    if (const auto error = json->find("error"); error && error->kind() != Json::Kind::null)
        return fail_with("model_failed", words_of(*error), true);
    if (const auto model = json->text("model"); model && !model->empty() && *model != model_) {
        model_ = *model;
        hearer_.answering(model_);
    }
    if (const auto used = json->find("usage"); used && used->is_object()) usage(*used);
    if (const auto choices = json->find("choices"))
        for (const Json& one : choices->items()) choice(one, "delta");
}

void ChatStream::choice(const Json& choice, std::string_view content_key) {
    // Only one was asked for.
    if (count_in(choice, "index").value_or(0) != 0) return;
    if (const auto used = choice.find("usage"); used && used->is_object()) usage(*used);
    if (const auto delta = choice.find(content_key)) {
        for (const std::string_view key : {"reasoning_content", "reasoning"})
            if (const auto thought = delta->text(key); thought && !thought->empty()) {
                hearer_.thought(*thought);
                break;
            }
        if (const auto content = delta->text("content"); content && !content->empty()) {
            told_ = true;
            hearer_.text(*content);
        }
        if (const auto calls = delta->find("tool_calls")) tool_calls(*calls);
    }
    if (const auto finish = choice.text("finish_reason")) stop_reason_ = reason_of(*finish);
}

// By its index; where a provider gives none, or the same to all, by its id.
ChatStream::Part& ChatStream::part_of(const Json& delta) {
    const auto index = count_in(delta, "index");
    const auto id = delta.text("id").value_or("");
    for (Part& part : parts_) {
        if (index && part.index != *index) continue;
        if (!id.empty() && !part.id.empty() && part.id != id) continue;
        if (!index && id.empty() && &part != &parts_.back()) continue;
        return part;
    }
    parts_.push_back({.index = index.value_or(-1), .id = {}, .name = {}, .arguments = {}});
    return parts_.back();
}

void ChatStream::tool_calls(const Json& list) {
    for (const Json& delta : list.items()) {
        if (parts_.size() >= parts_max)
            return fail_with("model_malformed", "the model calls too many tools at once", false);
        Part& part = part_of(delta);
        if (const auto id = delta.text("id"); id && !id->empty()) part.id = *id;
        const auto function = delta.find("function");
        if (!function) continue;
        if (const auto name = function->text("name"); name && part.name != *name)
            part.name += *name;
        const auto arguments = function->find("arguments");
        if (!arguments) continue;
        const std::size_t before = part.arguments.size();
        if (const auto text = arguments->as_text())
            part.arguments += *text;
        else if (arguments->is_object())
            part.arguments += contract::canonical_json(*arguments);
        argument_bytes_ += part.arguments.size() - before;
        if (argument_bytes_ > argument_bytes_max)
            return fail_with("model_malformed", "a tool's arguments are too long", false);
    }
}

void ChatStream::usage(const Json& usage) {
    Usage used;
    used.input_tokens = count_in(usage, "prompt_tokens");
    used.output_tokens = count_in(usage, "completion_tokens");
    used.cached_tokens = count_in(usage, "cached_tokens");
    if (const auto details = usage.find("prompt_tokens_details"); details && !used.cached_tokens)
        used.cached_tokens = count_in(*details, "cached_tokens");
    if (used.input_tokens || used.output_tokens) hearer_.used(used);
}

void ChatStream::fail_with(std::string_view reason, std::string detail, bool retryable) {
    state_ = State::failed;
    failure_.reason = reason;
    failure_.detail = cut(detail, 400);
    failure_.retryable = retryable;
}

std::vector<ToolCall> ChatStream::take_calls() {
    std::vector<ToolCall> calls;
    for (Part& part : parts_) {
        if (part.id.empty()) part.id = fmt::format("call_{}", calls.size());
        calls.push_back({.id = std::move(part.id),
                         .name = std::move(part.name),
                         .args_json = part.arguments.empty() ? "{}" : std::move(part.arguments)});
    }
    parts_.clear();
    return calls;
}

}  // namespace lifeline::agent
