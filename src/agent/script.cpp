#include "agent/script.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <span>
#include <utility>

#include "contract/canonical.h"
#include "contract/json_writer.h"
#include "tools/table.h"

namespace lifeline::agent {

namespace {

using contract::Json;

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words(1);
    for (const char c : text) {
        if (std::isspace(static_cast<unsigned char>(c)) == 0)
            words.back() += c;
        else if (!words.back().empty())
            words.emplace_back();
    }
    if (words.back().empty()) words.pop_back();
    return words;
}

std::string bare(std::string_view word) {
    const auto is_mark = [](char c) {
        return std::string_view(".,;:!?\"'()").find(c) != std::string_view::npos;
    };
    while (!word.empty() && is_mark(word.front())) word.remove_prefix(1);
    while (!word.empty() && is_mark(word.back())) word.remove_suffix(1);
    return std::string(word);
}

std::string lower(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

bool same_word(std::string_view left, std::string_view right) {
    return lower(bare(left)) == lower(bare(right));
}

bool is_placeholder(std::string_view word) {
    return word.size() > 2 && word.front() == '{' && word.back() == '}';
}

// From here on: words are themselves, a placeholder is one word, the last one all that is left.
bool fits_here(const std::vector<std::string>& pattern, const std::vector<std::string>& said,
               std::size_t at, Captures& captures) {
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (at >= said.size()) return false;
        if (!is_placeholder(pattern[i])) {
            if (!same_word(pattern[i], said[at])) return false;
            ++at;
            continue;
        }
        const std::string name = pattern[i].substr(1, pattern[i].size() - 2);
        // Up to the next literal word of the pattern, or one word, or the rest.
        std::size_t end = at + 1;
        if (i + 1 == pattern.size()) {
            end = said.size();
        } else if (!is_placeholder(pattern[i + 1])) {
            while (end < said.size() && !same_word(pattern[i + 1], said[end])) ++end;
        }
        const std::span<const std::string> caught(said.data() + at, end - at);
        std::string text = fmt::format("{}", fmt::join(caught, " "));
        captures[name] = caught.size() == 1 ? bare(text) : text;
        at = end;
    }
    return true;
}

bool contains(const std::vector<std::string>& said, const std::vector<std::string>& phrase) {
    if (phrase.empty() || said.size() < phrase.size()) return false;
    for (std::size_t at = 0; at + phrase.size() <= said.size(); ++at)
        if (std::equal(phrase.begin(), phrase.end(), said.begin() + static_cast<std::ptrdiff_t>(at),
                       same_word))
            return true;
    return false;
}

std::string object_in(tools::Table& table, const Json& json, std::string_view key) {
    table.known(key);
    const auto value = json.find(key);
    if (value && !value->is_object()) table.refuse(key, "must be a table");
    return value && value->is_object() ? contract::canonical_json(*value) : std::string();
}

Result<ScriptRule> read_rule(const Json& json, const std::string& pointer) {
    tools::Table table(pointer, json);
    ScriptRule rule;
    table.texts("words", rule.words);
    table.texts("match", rule.patterns);
    table.text("needs_document", rule.needs_document);
    table.text("unless_document", rule.unless_document);
    table.text("say", rule.say);
    table.text("mode", rule.mode);
    rule.mode_context_json = object_in(table, json, "mode_context");
    table.text("intent", rule.intent);
    rule.slots_json = object_in(table, json, "slots");
    table.known("results");
    if (const auto texts = json.find("results"); texts && texts->is_object())
        for (const auto& [status, text] : texts->members())
            rule.results.emplace(status, text.as_text().value_or(""));
    if (rule.words.empty() && rule.patterns.empty())
        table.refuse("words", "or match must say when the rule is for");
    if (const auto actions = json.find("actions")) {
        std::size_t place = 0;
        for (const Json& one : actions->items()) {
            tools::Table inner(fmt::format("{}/actions/{}", pointer, place++), one);
            ScriptAction action;
            inner.text("type", action.type);
            if (action.type.empty()) inner.refuse("type", "must name a tool");
            action.args_json = object_in(inner, one, "args");
            if (action.args_json.empty()) action.args_json = "{}";
            if (const auto read = inner.status(); !read) return fail(read.error());
            rule.actions.push_back(std::move(action));
        }
    }
    table.known("actions");
    if (const auto read = table.status(); !read) return fail(read.error());
    return rule;
}

}  // namespace

Result<Script> Script::read(std::string_view json) {
    const auto all = Json::parse(json);
    if (!all) return fail(all.error());
    tools::Table table("", *all);
    Script script;
    table.text("otherwise", script.otherwise_);
    table.known("rules");
    if (const auto read = table.status(); !read) return fail(read.error());
    std::size_t place = 0;
    if (const auto rules = all->find("rules"))
        for (const Json& one : rules->items()) {
            auto rule = read_rule(one, fmt::format("/rules/{}", place++));
            if (!rule) return fail(rule.error());
            script.rules_.push_back(std::move(*rule));
        }
    return script;
}

Script Script::standard() {
    Script script;
    ScriptRule send;
    send.patterns = {"write to {to} {text}", "send {text} to {to}"};
    send.actions = {{"lifeline.echo", R"({"text":"{text}","to":"{to}"})"}};
    send.results = {{"waiting_for_the_person", "I will send that to {to} once you have said yes."},
                    {"succeeded", "It is sent."},
                    {"denied", "As you wish, it was not sent."}};
    ScriptRule hello;
    hello.words = {"hello", "hi", "good morning"};
    hello.say = "Hello! Tell me to write to somebody, and I will ask you first.";
    ScriptRule bye;
    bye.words = {"goodbye", "bye"};
    bye.say = "Goodbye!";
    script.rules_ = {std::move(send), std::move(hello), std::move(bye)};
    return script;
}

const ScriptRule* Script::find(std::string_view said, const Captures& documents,
                               Captures& captures) const {
    const auto words = words_of(said);
    captures = documents;
    captures["text"] = said;
    for (const ScriptRule& rule : rules_) {
        const auto has = [&](const std::string& kind) {
            return documents.contains("document." + kind);
        };
        if (!rule.needs_document.empty() && !has(rule.needs_document)) continue;
        if (!rule.unless_document.empty() && has(rule.unless_document)) continue;
        for (const std::string& phrase : rule.words)
            if (contains(words, words_of(phrase))) return &rule;
        for (const std::string& text : rule.patterns) {
            const auto pattern = words_of(text);
            for (std::size_t at = 0; at < words.size(); ++at) {
                Captures caught = captures;
                if (!fits_here(pattern, words, at, caught)) continue;
                captures = std::move(caught);
                return &rule;
            }
        }
    }
    return nullptr;
}

const ScriptRule* Script::of_action(std::string_view type) const {
    for (const ScriptRule& rule : rules_)
        if (std::ranges::find(rule.actions, type, &ScriptAction::type) != rule.actions.end())
            return &rule;
    return nullptr;
}

std::string filled(std::string_view text, const Captures& captures) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto end = text[i] == '{' ? text.find('}', i) : std::string_view::npos;
        if (end != std::string_view::npos) {
            const auto known = captures.find(text.substr(i + 1, end - i - 1));
            if (known != captures.end()) {
                out += known->second;
                i = end;
                continue;
            }
        }
        out += text[i];
    }
    return out;
}

std::string filled_json(const Json& value, const Captures& captures) {
    contract::JsonWriter json;
    switch (value.kind()) {
        case Json::Kind::text: {
            const std::string text(*value.as_text());
            std::string out = filled(text, captures);
            const bool number =
                text.starts_with("{rev.") && !out.empty() &&
                std::ranges::all_of(out, [](char c) { return c >= '0' && c <= '9'; });
            if (number) return out;
            json.value(out);
            break;
        }
        case Json::Kind::array:
            json.array();
            for (const Json& item : value.items()) json.raw(filled_json(item, captures));
            json.end();
            break;
        case Json::Kind::object:
            json.object();
            for (const auto& member : value.members())
                json.key(member.key).raw(filled_json(member.value, captures));
            json.end();
            break;
        default:
            return contract::canonical_json(value);
    }
    return json.take();
}

}  // namespace lifeline::agent
