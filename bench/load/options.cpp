#include "load/options.h"

#include <charconv>
#include <functional>
#include <string_view>

#include "load/fatal.h"

namespace lifeline::load {

namespace {

template <class Number>
Number number(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) fatal("no number: {}", text);
    return value;
}

Dialect dialect(std::string_view text) {
    if (text == "lifeline") return Dialect::lifeline;
    if (text == "websocket") return Dialect::websocket;
    if (text == "raw") return Dialect::raw;
    fatal("--dialect is lifeline, websocket or raw, not {}", text);
}

using Setter = std::function<void(Options&, std::string_view)>;

const std::map<std::string_view, Setter>& setters() {
    static const std::map<std::string_view, Setter> table{
        {"--dialect", [](Options& o, auto text) { o.dialect = dialect(text); }},
        {"--shape", [](Options& o, auto text) { o.shape = text; }},
        {"--port", [](Options& o, auto text) { o.port = number<std::uint16_t>(text); }},
        {"--seconds", [](Options& o, auto text) { o.seconds = number<double>(text); }},
        {"--warm", [](Options& o, auto text) { o.warm_seconds = number<double>(text); }},
        {"--calls", [](Options& o, auto text) { o.calls = number<std::uint32_t>(text); }},
        {"--subscribers",
         [](Options& o, auto text) { o.subscribers = number<std::uint32_t>(text); }},
        {"--in-flight", [](Options& o, auto text) { o.in_flight = number<std::uint32_t>(text); }},
        {"--events", [](Options& o, auto text) { o.events = number<std::uint32_t>(text); }},
        {"--rate", [](Options& o, auto text) { o.per_second = number<double>(text); }},
        {"--event-bytes", [](Options& o, auto text) { o.event_bytes = number<std::size_t>(text); }},
        {"--process", [](Options& o, auto text) { o.processes.push_back(number<int>(text)); }},
        {"--hold", [](Options& o, auto text) { o.hold = text == "yes"; }},
        {"--token",
         [](Options& o, auto text) {
             const auto equals = text.find('=');
             if (equals == text.npos) fatal("--token is WHO=TOKEN");
             o.tokens.emplace(text.substr(0, equals), text.substr(equals + 1));
         }},
    };
    return table;
}

}  // namespace

Options read_options(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; i += 2) {
        const auto setter = setters().find(argv[i]);
        if (setter == setters().end()) fatal("no option is named {}", argv[i]);
        if (i + 1 == argc) fatal("{} needs a value", argv[i]);
        setter->second(options, argv[i + 1]);
    }
    if (options.port == 0) fatal("--port is missing");
    if (options.in_flight == 0) fatal("--in-flight must be at least 1");
    return options;
}

}  // namespace lifeline::load
