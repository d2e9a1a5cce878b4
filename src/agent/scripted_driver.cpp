#include "agent/scripted_driver.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "contract/json.h"
#include "contract/json_writer.h"

namespace lifeline::agent {

namespace {

using contract::Json;
using Role = Message::Role;

// A few words at a time, about as a model streams.
constexpr Millis piece_every{30};
constexpr std::size_t piece_bytes = 24;
constexpr std::string_view news_mark = "[What became of your actions";

std::string_view standard_words(std::string_view status) {
    if (status == "succeeded") return "It is done.";
    if (status == "waiting_for_the_person") return "I will do it once you have said yes.";
    if (status == "denied") return "As you wish, it was not done.";
    if (status == "expired") return "Nobody said yes in time, so it was not done.";
    if (status == "blocked") return "I may not do that.";
    if (status == "running") return "It is on its way.";
    if (status == "unknown") return "I do not know whether it happened. Please look.";
    if (status == "cancelled") return "It was not done.";
    return "It did not work.";
}

// "- doc_1 kind=cv rev=3", as the system text lists them.
Captures documents_in(std::string_view system) {
    Captures documents;
    for (auto at = system.find("\n- doc_"); at != std::string_view::npos;
         at = system.find("\n- doc_", at + 1)) {
        const std::string_view line = system.substr(at + 3, system.find('\n', at + 1) - at - 3);
        const auto field = [&](std::string_view name) {
            const auto from = line.find(name);
            if (from == std::string_view::npos) return std::string_view();
            const std::string_view rest = line.substr(from + name.size());
            return rest.substr(0, rest.find(' '));
        };
        const std::string kind(field(" kind="));
        documents["document." + kind] = line.substr(0, line.find(' '));
        documents["rev." + kind] = field(" rev=");
    }
    return documents;
}

std::string words_for(const ScriptRule* rule, std::string_view status, const Captures& captures) {
    if (rule != nullptr)
        if (const auto own = rule->results.find(status); own != rule->results.end())
            return filled(own->second, captures);
    return std::string(standard_words(status));
}

void add(std::string& text, const std::string& words) {
    if (words.empty() || text.find(words) != std::string::npos) return;
    if (!text.empty()) text += ' ';
    text += words;
}

std::string status_of(std::string_view json) {
    const auto read = Json::parse(json);
    return read ? std::string(read->text("status").value_or("")) : std::string();
}

// "- mail.send (…): {"status":…}", a line for each action.
ScriptedAnswer news(const Script& script, std::string_view text, const Captures& documents) {
    ScriptedAnswer answer;
    for (auto at = text.find("\n- "); at != std::string_view::npos;
         at = text.find("\n- ", at + 1)) {
        const std::string_view line = text.substr(at + 3, text.find('\n', at + 1) - at - 3);
        const std::string_view type = line.substr(0, line.find(' '));
        const auto json = line.find("): {");
        if (json == std::string_view::npos) continue;
        Captures captures = documents;
        // The arguments, as the summary shows them, for who wants to say to whom.
        if (const auto open = line.find('{'); open < json)
            if (const auto args = Json::parse(line.substr(open, json - open)))
                for (const auto& [key, value] : args->members())
                    if (value.is_text()) captures[std::string(key)] = *value.as_text();
        add(answer.text,
            words_for(script.of_action(type), status_of(line.substr(json + 3)), captures));
    }
    return answer;
}

void call(ScriptedAnswer& answer, std::string_view name, std::string args) {
    answer.calls.push_back({.id = fmt::format("s{}", answer.calls.size() + 1),
                            .name = std::string(name),
                            .args_json = std::move(args)});
}

ScriptedAnswer first_answer(const Script& script, const ScriptRule* rule,
                            const Captures& captures) {
    if (rule == nullptr) return {.text = filled(script.otherwise(), captures), .calls = {}};
    ScriptedAnswer answer{.text = filled(rule->say, captures), .calls = {}};
    if (!rule->intent.empty()) {
        contract::JsonWriter json;
        json.object().key("intent").value(rule->intent).key("confidence").value(1);
        if (!rule->slots_json.empty())
            json.key("slots").raw(filled_json(*Json::parse(rule->slots_json), captures));
        call(answer, "note_intent", json.end().take());
    }
    if (!rule->mode.empty()) {
        contract::JsonWriter json;
        json.object().key("mode").value(rule->mode);
        if (!rule->mode_context_json.empty())
            json.key("context").raw(filled_json(*Json::parse(rule->mode_context_json), captures));
        call(answer, "set_mode", json.end().take());
    }
    for (const ScriptAction& action : rule->actions)
        call(answer, action.type, filled_json(*Json::parse(action.args_json), captures));
    return answer;
}

// "[Note of the server: you were interrupted...]": about the conversation, not of it.
bool is_note(std::string_view text) {
    return text.starts_with('[') && text.ends_with(']');
}

bool is_news(std::string_view text) {
    return text.starts_with(news_mark);
}

// "[Ada] Hello", where several people are.
std::string_view without_name(std::string_view text) {
    const auto end = text.starts_with('[') ? text.find("] ") : std::string_view::npos;
    return end == std::string_view::npos ? text : text.substr(end + 2);
}

class ScriptedRun final : public Run {
public:
    ScriptedRun(Loop& loop, ScriptedAnswer answer, Hearer& hearer)
        : loop_(loop), answer_(std::move(answer)), hearer_(hearer) {
        arm();
    }
    ~ScriptedRun() override {
        if (timer_ != 0) loop_.cancel_timer(timer_);
    }

private:
    void arm() {
        timer_ = loop_.start_timer(piece_every, [this] {
            timer_ = 0;
            step();
        });
    }
    void step() {
        if (told_ < answer_.text.size()) {
            std::size_t end = answer_.text.find(' ', told_ + piece_bytes);
            end = end == std::string::npos ? answer_.text.size() : end + 1;
            const std::string piece = answer_.text.substr(told_, end - told_);
            told_ = end;
            arm();
            return hearer_.text(piece);
        }
        Hearer& hearer = hearer_;
        const auto calls = std::move(answer_.calls);
        for (const ToolCall& one : calls) hearer.called(one);
        hearer.used({.input_tokens = 0, .cached_tokens = 0, .output_tokens = 0});
        hearer.ended(calls.empty() ? "end_turn" : "tool_calls");
    }

    Loop& loop_;
    ScriptedAnswer answer_;
    Hearer& hearer_;
    std::size_t told_ = 0;
    Loop::TimerId timer_ = 0;
};

}  // namespace

ScriptedAnswer scripted_answer(const Script& script, const Prompt& prompt) {
    const Captures documents = documents_in(prompt.system);
    const auto& messages = prompt.messages;
    const auto last = [&](auto wanted) {
        return std::ranges::find_if(messages.rbegin(), messages.rend(), [&](const Message& one) {
            return one.role == Role::user && !is_note(one.text) && wanted(one);
        });
    };
    const auto told = last([](const Message& one) { return is_news(one.text); });
    const auto said = last([](const Message& one) { return !is_news(one.text); });
    const bool has_news = told != messages.rend();
    const bool has_words = said != messages.rend() && (said->is_new || !has_news);
    const bool acted = !messages.empty() && messages.back().role == Role::tool;
    ScriptedAnswer answer;
    if (has_news && !acted) answer = news(script, told->text, documents);
    if (!has_words) return answer;
    Captures captures;
    const ScriptRule* rule = script.find(without_name(said->text), documents, captures);
    if (!acted) {
        ScriptedAnswer words = first_answer(script, rule, captures);
        add(answer.text, words.text);
        answer.calls = std::move(words.calls);
        return answer;
    }
    // Its own tools have answered: what came of the actions is said, of the rest nothing.
    for (auto one = said.base(); one != messages.end(); ++one) {
        if (one->role != Role::assistant) continue;
        for (const ToolCall& called : one->calls) {
            if (called.name == "set_mode" || called.name == "note_intent") continue;
            const auto result =
                std::ranges::find(one, messages.end(), called.id, &Message::call_id);
            if (result != messages.end())
                add(answer.text,
                    words_for(script.of_action(called.name), status_of(result->text), captures));
        }
    }
    return answer;
}

std::unique_ptr<Run> ScriptedDriver::start(Prompt prompt, Hearer& hearer) {
    return std::make_unique<ScriptedRun>(loop_, scripted_answer(script_, prompt), hearer);
}

}  // namespace lifeline::agent
