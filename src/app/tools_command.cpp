#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "app/commands.h"
#include "app/serve_options.h"
#include "app/tool_call.h"
#include "contract/json_writer.h"
#include "tools/read_tools.h"
#include "tools/registry.h"

namespace lifeline::app {

namespace {

struct Options {
    ServeOptions serve;
    bool json = false;
    std::string name;
    std::string args = "{}";
    std::string session = "sess_cli";
    bool yes = false;
};

// What a configuration declares. In JSON {"hash":"...","tools":[...],"mcp":[...]}, with all that
// can be set; what MCP servers offer is known only to a server that runs.
int list(const Options& options) {
    const auto config = effective_config(options.serve);
    if (!config) return report(config.error());
    const auto registry = tools::Registry::create(config->tools);
    if (!registry) return report(registry.error());
    Listing table({{"NAME", "name"},
                   {"KIND", "kind"},
                   {"RISK", "risk"},
                   {"IDEMPOTENT", "idempotent"},
                   {"TIMEOUT", "timeout"}});
    contract::JsonWriter json;
    json.object().key("hash").value(registry->hash()).key("tools").array();
    for (const auto& tool : registry->tools()) {
        table.row({tool.name, std::string(to_text(tool.kind)),
                   std::string(contract::to_text(tool.risk)), tool.idempotent ? "yes" : "no",
                   std::to_string(tool.timeout.count()) + " ms"});
        json.raw(tools::show_tool(tool));
    }
    json.end().key("mcp").array();
    for (const auto& server : config->mcp) {
        table.row({server.prefix + "*", "mcp", "as " + server.name + " says", "",
                   std::to_string(server.timeout.count()) + " ms"});
        json.raw(tools::show_mcp_server(server));
    }
    json.end().end();
    if (options.json)
        std::printf("%s\n", json.take().c_str());
    else
        table.print(Listing::Output::table, "tools");
    return 0;
}

std::string_view word_of(call::Ruling::Outcome outcome) {
    switch (outcome) {
        case call::Ruling::Outcome::allow:
            return "allow";
        case call::Ruling::Outcome::confirm:
            return "confirm";
        case call::Ruling::Outcome::deny:
            break;
    }
    return "deny";
}

// What a person would be asked, were this an agent's wish.
void show(const ToolCall& call, const call::Ruling& ruling) {
    const call::Shown shown = call.shown();
    const std::string rule = ruling.rules.empty() ? "" : ruling.rules.back();
    std::fprintf(stderr, "%s: risk %s, the policy says %s (%s)\n", call.tool().name.c_str(),
                 std::string(contract::to_text(call.tool().risk)).c_str(),
                 std::string(word_of(ruling.outcome)).c_str(), rule.c_str());
    for (const auto& [what, text] :
         {std::pair("to", shown.target), std::pair("amount", shown.amount),
          std::pair("content", shown.preview)})
        if (!text.empty()) std::fprintf(stderr, "  %s: %s\n", what, text.c_str());
}

// In JSON {"outcome","code","message","summary","result","effectId","tookMs"}.
int told(const orchestration::Outcome& outcome, bool as_json) {
    const bool done = outcome.kind == orchestration::Outcome::Kind::succeeded;
    if (as_json) {
        contract::JsonWriter json;
        json.object().key("outcome").value(to_text(outcome.kind));
        if (!outcome.code.empty()) json.key("code").value(outcome.code);
        if (!outcome.message.empty()) json.key("message").value(outcome.message);
        if (!outcome.summary.empty()) json.key("summary").value(outcome.summary);
        if (!outcome.effect_id.empty()) json.key("effectId").value(outcome.effect_id);
        if (done) json.key("result").raw(outcome.result_json);
        json.key("tookMs").value(outcome.took.count()).end();
        std::printf("%s\n", json.take().c_str());
    } else {
        const std::string& what = done ? outcome.result_json : outcome.message;
        std::printf("%s in %lld ms: %s\n", std::string(to_text(outcome.kind)).c_str(),
                    static_cast<long long>(outcome.took.count()), what.c_str());
    }
    return done ? 0 : 1;
}

// As an agent's wish would be judged; what the policy denies is not done, and what it would ask
// about or what is of high risk only with --yes, which is the yes of whoever types it.
int call_tool(const Options& options) {
    const auto config = effective_config(options.serve);
    if (!config) return report(config.error());
    auto call = ToolCall::prepare(*config, options.name, options.args);
    if (!call) return report(call.error());
    const call::Ruling ruling = (*call)->ruling();
    const bool high = (*call)->tool().risk == contract::Risk::high_risk_external_send;
    if (ruling.outcome == call::Ruling::Outcome::deny) {
        show(**call, ruling);
        return report({Code::not_allowed, "forbidden",
                       fmt::format("the policy denies it: {}", ruling.message)});
    }
    if ((*call)->tool().kind == tools::Kind::client)
        return report({Code::malformed, "tool_invalid", "only the app of a participant can do it"});
    if (high || ruling.outcome == call::Ruling::Outcome::confirm) {
        show(**call, ruling);
        if (!options.yes)
            return report({Code::not_allowed, "forbidden",
                           "a person would be asked first; --yes is your own"});
    }
    return told((*call)->run(options.session), options.json);
}

}  // namespace

void add_tools(Command app) {
    auto options = std::make_shared<Options>();
    auto command = app.command("tools", "Which actions a configuration declares");
    command.option("--config", options->serve.config, "A TOML file with settings");
    command.flag("--json", options->json, "JSON, for programs");
    auto call = command.command("call", "Call one of them, without a server");
    call.option("NAME", options->name, "The tool").required();
    call.option("--args", options->args, "Its arguments, a JSON object");
    call.option("--session", options->session, "The call that it is told it is for");
    call.option("--config", options->serve.config, "A TOML file with settings");
    call.flag("--yes", options->yes, "Also what a person would be asked about");
    call.flag("--json", options->json, "JSON, for programs");
    command.runs([options] { return list(*options); });
    call.runs([options] { return call_tool(*options); });
}

}  // namespace lifeline::app
