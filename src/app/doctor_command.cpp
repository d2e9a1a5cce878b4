#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "app/checkup.h"
#include "app/commands.h"
#include "app/serve_options.h"
#include "contract/json_writer.h"

namespace lifeline::app {

namespace {

struct Options {
    ServeOptions serve;
    std::string url;
    bool json = false;
};

std::string_view text_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::ok:
            return "ok";
        case Verdict::warn:
            return "warn";
        case Verdict::fail:
            break;
    }
    return "fail";
}

// For people: a line each, and below it what to do.
std::string in_words(const std::vector<CheckupLine>& lines) {
    std::size_t width = 0;
    for (const auto& line : lines) width = std::max(width, line.name.size());
    std::string out;
    for (const auto& line : lines) {
        out +=
            fmt::format("{:<4}  {:<{}}  {}\n", text_of(line.verdict), line.name, width, line.found);
        if (!line.advice.empty()) out += fmt::format("{:{}}{}\n", "", width + 8, line.advice);
    }
    return out;
}

std::string in_json(const std::vector<CheckupLine>& lines) {
    contract::JsonWriter json;
    json.object().key("checks").array();
    for (const auto& line : lines) {
        json.object().key("name").value(line.name).key("result").value(text_of(line.verdict));
        json.key("found").value(line.found);
        if (!line.advice.empty()) json.key("advice").value(line.advice);
        json.end();
    }
    json.end().end();
    return json.take() + "\n";
}

int doctor(const Options& options) {
    const auto config = effective_config(options.serve);
    if (!config) return report(config.error());
    auto web = WebClient::create();
    if (!web) return report(web.error());
    std::string url = options.url.empty() ? config->public_url : options.url;
    while (url.ends_with('/')) url.pop_back();
    const auto lines = Checkup(*config, std::move(url), **web).run();
    const std::string text = options.json ? in_json(lines) : in_words(lines);
    std::fwrite(text.data(), 1, text.size(), stdout);
    return std::ranges::any_of(lines,
                               [](const auto& line) { return line.verdict == Verdict::fail; });
}

}  // namespace

void add_doctor(Command app) {
    auto options = std::make_shared<Options>();
    auto command = app.command(
        "doctor", "Look at everything a server of this configuration stands on, also from outside");
    add_serve_options(command, options->serve);
    command.option("--url", options->url, "How clients reach it (default: public_url)");
    command.flag("--json", options->json, "JSON, for programs");
    command.runs([options] { return doctor(*options); });
}

}  // namespace lifeline::app
