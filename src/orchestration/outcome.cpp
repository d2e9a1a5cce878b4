#include "orchestration/outcome.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "contract/json.h"
#include "orchestration/foreign_text.h"
#include "orchestration/json_fit.h"

namespace lifeline::orchestration {

namespace {

constexpr std::size_t message_characters_max = 1024;
constexpr std::size_t code_bytes_max = 64;

// As the contract's `code`: a word in lower case.
std::string code_word(std::string_view text) {
    std::string out;
    for (const char c : text.substr(0, code_bytes_max)) {
        const bool letter = c >= 'a' && c <= 'z';
        const bool more = (c >= '0' && c <= '9') || c == '_';
        if (letter || (more && !out.empty())) out += c;
    }
    return out.empty() ? "failed" : out;
}

Outcome ended(Outcome::Kind kind, std::string_view code, std::string_view message) {
    Outcome outcome;
    outcome.kind = kind;
    outcome.code = code_word(code);
    outcome.message = fit(message, message_characters_max);
    if (outcome.message.empty()) outcome.message = outcome.code;
    return outcome;
}

}  // namespace

std::string_view to_text(Outcome::Kind kind) {
    switch (kind) {
        case Outcome::Kind::succeeded:
            return "succeeded";
        case Outcome::Kind::failed:
            return "failed";
        case Outcome::Kind::unknown:
            return "unknown";
        case Outcome::Kind::cancelled:
            return "cancelled";
        case Outcome::Kind::handed_over:
            return "handed_over";
    }
    return "";
}

Outcome succeeded(std::string result_json, std::string_view summary) {
    CHECK(result_json.size() <= result_bytes_max);
    Outcome outcome;
    outcome.kind = Outcome::Kind::succeeded;
    outcome.result_json = std::move(result_json);
    outcome.summary = fit(summary, summary_characters_max);
    return outcome;
}

Outcome failed(std::string_view code, std::string_view message, Retry retry) {
    Outcome outcome = ended(Outcome::Kind::failed, code, message);
    outcome.may_retry = retry == Retry::may;
    return outcome;
}

Outcome unknown(std::string_view code, std::string_view message) {
    return ended(Outcome::Kind::unknown, code, message);
}

Outcome cancelled(std::string_view message) {
    return ended(Outcome::Kind::cancelled, "cancelled", message);
}

std::string fit_object(const contract::Json& value, std::size_t bytes_max) {
    JsonMembers members;
    if (!value.is_object()) members.emplace_back("value", value);
    for (const auto& member : value.members()) members.emplace_back(member.key, member.value);
    return fit_members(members, bytes_max);
}

std::string fit_text(std::string_view text, std::size_t bytes_max) {
    constexpr std::string_view begin = R"({"text":)";
    constexpr std::string_view note = R"(,"truncated":true)";
    std::string out(begin);
    const std::string fitting = fit(text, text.size());
    const bool cut = append_cut_string(out, fitting, bytes_max - begin.size() - note.size() - 1);
    if (cut) out += note;
    return out + '}';
}

std::string fit(std::string_view text, std::size_t characters_max) {
    constexpr std::size_t character_bytes_max = 4;
    // No more of it is looked at than could be kept.
    const std::string valid =
        valid_utf8(text.size() / character_bytes_max > characters_max
                       ? text.substr(0, (characters_max + 1) * character_bytes_max)
                       : text);
    std::string out;
    std::string_view rest = valid;
    for (std::size_t count = 0; count < characters_max && !rest.empty(); ++count) {
        const std::size_t bytes = character_bytes(rest);
        out += rest.front() == '\0' ? std::string_view("\xEF\xBF\xBD") : rest.substr(0, bytes);
        rest.remove_prefix(bytes);
    }
    return out;
}

}  // namespace lifeline::orchestration
