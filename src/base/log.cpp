#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/log_line.h"

namespace lifeline::log {

namespace {

spdlog::level::level_enum to_spdlog(Level level) {
    switch (level) {
        case Level::debug:
            return spdlog::level::debug;
        case Level::info:
            return spdlog::level::info;
        case Level::warn:
            return spdlog::level::warn;
        case Level::error:
            break;
    }
    return spdlog::level::err;
}

bool as_json = false;  // Written once, before any thread starts.

std::string escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size() + 8);
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out.push_back('\\');
            out.push_back(c);
        } else if (static_cast<unsigned char>(c) < 0x20) {
            // No line of a log may be forged by what a client sent.
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
            out.push_back(c);
        }
    }
    return out;
}

// "request=req_1 session=sess_1 refused": the name and the value of the token that `text` begins
// with.
std::optional<std::pair<std::string_view, std::string_view>> leading_field(std::string_view text) {
    const auto equals = text.find('=');
    const auto end = std::min(text.find(' '), text.size());
    if (equals == std::string_view::npos || equals == 0 || equals + 1 >= end) return std::nullopt;
    const auto name = text.substr(0, equals);
    const bool plain =
        std::ranges::all_of(name, [](char c) { return c == '_' || (c >= 'a' && c <= 'z'); });
    if (!plain) return std::nullopt;
    return std::pair(name, text.substr(equals + 1, end - equals - 1));
}

}  // namespace

std::string json_members(std::string_view message) {
    std::string out;
    std::string_view rest = message;
    std::vector<std::string_view> seen{"ts", "level", "message"};
    while (const auto field = leading_field(rest)) {
        const auto& [name, value] = *field;
        if (std::ranges::find(seen, name) != seen.end()) break;
        seen.push_back(name);
        out += fmt::format("\"{}\":\"{}\",", name, escaped(value));
        rest.remove_prefix(std::min(name.size() + value.size() + 2, rest.size()));
    }
    return fmt::format("{}\"message\":\"{}\"", out, escaped(message));
}

void configure(Level level, Format format) {
    as_json = format == Format::json;
    auto logger = std::make_shared<spdlog::logger>(
        "lifeline", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_level(to_spdlog(level));
    logger->flush_on(spdlog::level::info);
    spdlog::set_default_logger(std::move(logger));
    spdlog::set_pattern(as_json ? R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
                                : "%Y-%m-%dT%H:%M:%S.%eZ %-5l %v",
                        spdlog::pattern_time_type::utc);
}

void set_level(Level level) {
    spdlog::default_logger_raw()->set_level(to_spdlog(level));
}

bool enabled(Level level) {
    return spdlog::should_log(to_spdlog(level));
}

void write(Level level, std::string_view message) {
    spdlog::default_logger_raw()->log(to_spdlog(level), "{}",
                                      as_json ? json_members(message) : escaped(message));
}

}  // namespace lifeline::log
