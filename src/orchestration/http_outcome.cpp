#include "orchestration/http_outcome.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "contract/json.h"
#include "net/http_client.h"
#include "orchestration/foreign_text.h"

namespace lifeline::orchestration {

namespace {

constexpr std::size_t effect_id_characters_max = 256;
constexpr std::size_t tool_message_characters_max = 512;
constexpr Millis retry_after_max = std::chrono::hours(1);

std::optional<contract::Json> json_of(std::string_view body) {
    auto json = contract::Json::parse(tame_json(body));
    return json ? std::optional(*std::move(json)) : std::nullopt;
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

Outcome success(const net::Response& answer) {
    if (is_blank(answer.body)) return succeeded();
    const auto json = json_of(answer.body);
    if (!json) return succeeded(fit_text(answer.body));
    const auto result = json->find("result");
    Outcome outcome = succeeded(fit_object(result && result->is_object() ? *result : *json),
                                json->text("summary").value_or(""));
    // A part of an id proves nothing, so one that is too long is left out.
    const std::string_view effect = json->text("effectId").value_or("");
    if (std::string id = fit(effect, effect_id_characters_max); id == effect)
        outcome.effect_id = std::move(id);
    return outcome;
}

struct Words {
    std::string code;
    std::string message;
};

bool is_word(std::string_view text) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    };
    return !text.empty() && text.size() <= 64 && text.front() >= 'a' && text.front() <= 'z' &&
           std::ranges::all_of(text, fits);
}

// What a failure's body says of itself, in the shapes that are common.
Words words_of(const net::Response& answer) {
    Words words;
    const auto json = json_of(answer.body);
    if (!json) return words;
    const auto inner = json->find("error");
    const contract::Json& error = inner && inner->is_object() ? *inner : *json;
    if (const auto code = error.text("code"); code && is_word(*code)) words.code = *code;
    for (const char* key : {"message", "detail", "title"}) {
        if (!words.message.empty()) break;
        words.message = fit(error.text(key).value_or(""), tool_message_characters_max);
    }
    if (words.message.empty() && inner)
        words.message = fit(inner->as_text().value_or(""), tool_message_characters_max);
    return words;
}

std::string describe(const net::Response& answer, std::string_view message) {
    std::string text = fmt::format("The tool answered {}", answer.status);
    if (const auto phrase = net::status_phrase(answer.status); !phrase.empty())
        text.append(" ").append(phrase);
    return message.empty() ? text + "." : text.append(": ").append(message);
}

// Something on the way gave up on the tool, which may be at it still.
bool is_of_the_way(unsigned status) {
    return status == 502 || status == 504 || status > 511;
}

Outcome failure(const Job& job, const net::Response& answer) {
    const unsigned status = answer.status;
    const Words words = words_of(answer);
    const std::string code = words.code.empty() ? fmt::format("http_{}", status) : words.code;
    const std::string text = describe(answer, words.message);
    const Retry if_repeatable = job.repeatable ? Retry::may : Retry::never;
    if (is_of_the_way(status)) {
        return unknown(fmt::format("http_{}", status), text);
    }
    if (status == 429 || status == 503) {
        Outcome outcome = failed(code, text, if_repeatable);
        if (outcome.may_retry) outcome.retry_after = retry_after(answer);
        return outcome;
    }
    return failed(code, text);
}

Outcome redirection(const net::Response& answer) {
    const std::string* to = net::find_header(answer.headers, "Location");
    return failed("redirected",
                  fmt::format("The tool answered {} and names {}; redirects are not followed. Set "
                              "the tool's URL to where it is.",
                              answer.status, to != nullptr ? *to : "no place"));
}

Outcome no_answer(const Error& error) {
    if (error.reason == "egress_denied") return failed("egress_denied", error.detail);
    if (!net::may_have_arrived(error)) {
        const bool full = error.code == Code::overloaded;
        const bool ours = error.code == Code::malformed;  // A URL that is none stays none.
        return failed(full ? "overloaded" : "unreachable", error.detail + ". Nothing was sent.",
                      ours ? Retry::never : Retry::may);
    }
    return unknown("no_answer", error.detail + ". The request was sent.");
}

}  // namespace

Outcome outcome_of(const Job& job, const Result<net::Response>& answer) {
    if (!answer) return no_answer(answer.error());
    switch (answer->status / 100) {
        case 2:
            return success(*answer);
        case 3:
            return redirection(*answer);
        default:
            return failure(job, *answer);
    }
}

Millis retry_after(const net::Response& response) {
    const std::string* value = net::find_header(response.headers, "Retry-After");
    if (value == nullptr) return Millis(0);
    std::uint32_t seconds = 0;
    const char* const end = value->data() + value->size();
    const auto [at, error] = std::from_chars(value->data(), end, seconds);
    if (error != std::errc() || at != end) return Millis(0);
    return std::min<Millis>(std::chrono::seconds(seconds), retry_after_max);
}

}  // namespace lifeline::orchestration
