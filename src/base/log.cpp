#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

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

}  // namespace

void configure(Level level, Format format) {
    as_json = format == Format::json;
    auto logger = std::make_shared<spdlog::logger>(
        "lifeline", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_level(to_spdlog(level));
    logger->flush_on(spdlog::level::info);
    spdlog::set_default_logger(std::move(logger));
    spdlog::set_pattern(as_json ? R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","message":"%v"})"
                                : "%Y-%m-%dT%H:%M:%S.%eZ %-5l %v",
                        spdlog::pattern_time_type::utc);
}

bool enabled(Level level) {
    return spdlog::should_log(to_spdlog(level));
}

void write(Level level, std::string_view message) {
    spdlog::default_logger_raw()->log(to_spdlog(level), "{}", escaped(message));
}

}  // namespace lifeline::log
