#pragma once

#include <fmt/format.h>

#include <string_view>
#include <utility>

// Log lines are for people at night; the journal is the truth. One line per decision, fields as
// key=value. Levels by who must act: error someone now, warn someone this week, info rare
// lifecycle, debug per command. Pure rooms do not log, they return.
namespace lifeline::log {

enum class Level { debug, info, warn, error };
enum class Format { text, json };

// Once, from main, before any thread starts. Lines go to standard error.
void configure(Level level, Format format);
// From any thread.
void set_level(Level level);
bool enabled(Level level);
void write(Level level, std::string_view message);

template <class... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) {
    if (enabled(Level::debug))
        write(Level::debug, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
    if (enabled(Level::info)) write(Level::info, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void warn(fmt::format_string<Args...> format, Args&&... args) {
    if (enabled(Level::warn)) write(Level::warn, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void error(fmt::format_string<Args...> format, Args&&... args) {
    if (enabled(Level::error))
        write(Level::error, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace lifeline::log
