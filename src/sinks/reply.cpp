#include "sinks/reply.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>

#include "contract/json.h"
#include "net/http_client.h"
#include "net/utf8.h"

namespace lifeline::sinks {

namespace {

constexpr std::size_t message_bytes_max = 512;

std::optional<int> number_of(std::string_view text) {
    int value = 0;
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const auto [at, error] = std::from_chars(begin, end, value);
    return error == std::errc() && at == end && value >= 0 ? std::optional(value) : std::nullopt;
}

// "Sun, 06 Nov 1994 08:49:37 GMT", the one form that may still be written.
std::optional<std::chrono::sys_seconds> http_date(std::string_view text) {
    constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (text.size() != 29 || !text.ends_with(" GMT")) return std::nullopt;
    const auto* const month = std::ranges::find(months, text.substr(8, 3));
    const auto day = number_of(text.substr(5, 2));
    const auto year = number_of(text.substr(12, 4));
    const auto hour = number_of(text.substr(17, 2));
    const auto minute = number_of(text.substr(20, 2));
    const auto second = number_of(text.substr(23, 2));
    if (month == months.end() || !day || !year || !hour || !minute || !second) return std::nullopt;
    const std::chrono::year_month_day date{
        std::chrono::year(*year),
        std::chrono::month(static_cast<unsigned>(month - months.begin()) + 1),
        std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
           std::chrono::seconds(*second);
}

Reply no_answer(const Error& error) {
    const bool sent = net::may_have_arrived(error);
    return {.meaning = sent ? Reply::Meaning::unknown : Reply::Meaning::transient,
            .of = Reply::Of::sink,
            .message = tame(error.detail.empty() ? error.reason : error.detail)};
}

std::string described(const net::Response& answer) {
    if (answer.status / 100 == 3) {
        const std::string* to = net::find_header(answer.headers, "Location");
        return fmt::format(
            "it answered {} and names {}; redirects are not followed: set the url "
            "to where it is",
            answer.status, tame(to != nullptr ? *to : "no place"));
    }
    if (answer.status == 401 || answer.status == 403)
        return fmt::format("it answered {}: it does not know our key, or not for this",
                           answer.status);
    if (answer.status == 404 || answer.status == 405)
        return fmt::format("it answered {}: the url is not that of such a sink", answer.status);
    return fmt::format("it answered {} {}", answer.status, net::status_phrase(answer.status));
}

}  // namespace

Reply reply_of(const Result<net::Response>& answer) {
    if (!answer) return no_answer(answer.error());
    using Meaning = Reply::Meaning;
    Reply reply{.of = Reply::Of::sink,
                .retry_after = retry_after(*answer),
                .status = answer->status,
                .message = described(*answer)};
    switch (answer->status) {
        case 401:
        case 403:
        case 404:
        case 405:
        case 408:
        case 424:
        case 425:
        case 429:
            reply.meaning = Meaning::transient;
            return reply;
        default:
            break;
    }
    switch (answer->status / 100) {
        case 2:
            reply.meaning = Meaning::delivered;
            break;
        case 3:
            reply.meaning = Meaning::transient;
            break;
        case 4:
            reply.meaning = Meaning::permanent;
            reply.of = Reply::Of::charge;
            break;
        default:
            reply.meaning = Meaning::unknown;
    }
    return reply;
}

Reply believed_only_as_json(Reply reply, const Result<net::Response>& answer) {
    if (reply.meaning != Reply::Meaning::permanent || contract::Json::parse(answer->body))
        return reply;
    reply.meaning = Reply::Meaning::unknown;
    reply.of = Reply::Of::sink;
    reply.message = fmt::format("it answered {}, and not as such a sink does", reply.status);
    return reply;
}

std::optional<Millis> retry_after(const net::Response& answer) {
    const std::string* value = net::find_header(answer.headers, "Retry-After");
    if (value == nullptr) return std::nullopt;
    if (const auto seconds = number_of(*value)) return std::chrono::seconds(*seconds);
    // By the clock that wrote it, whatever ours says.
    const std::string* date = net::find_header(answer.headers, "Date");
    const auto until = http_date(*value);
    const auto now = date != nullptr ? http_date(*date) : std::nullopt;
    if (!until || !now) return std::nullopt;
    return std::max(Millis(0), Millis(*until - *now));
}

Found exact_sum(double sum) {
    constexpr double exact_max = 9007199254740992.0;  // Beyond 2^53 doubles leave integers out.
    if (std::abs(sum) >= exact_max || std::trunc(sum) != sum)
        return {.what = Found::What::unclear,
                .message = fmt::format("its sum of the hour, {}, is no exact integer", sum)};
    return {.what = Found::What::sum, .sum = static_cast<std::int64_t>(sum)};
}

std::string tame(std::string_view text) {
    std::size_t end = std::min(text.size(), message_bytes_max);
    // Not in the middle of a character.
    if (end < text.size())
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    std::string out(text.substr(0, end));
    std::ranges::replace_if(
        out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
    // A header may have any bytes; an event that had them would be refused, and the sink stop.
    if (!net::is_utf8(out))
        std::ranges::replace_if(
            out, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
    return out;
}

std::string_view name_in(const Names& names, std::string_view key) {
    const auto found = names.find(key);
    return found == names.end() ? std::string_view() : std::string_view(found->second);
}

int digits_of(std::int64_t quantity) {
    int digits = 1;
    for (; quantity / 10 != 0; quantity /= 10) ++digits;
    return digits;
}

}  // namespace lifeline::sinks
