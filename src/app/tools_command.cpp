#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "app/commands.h"
#include "app/known_tools.h"
#include "app/serve_options.h"
#include "app/tool_call.h"
#include "contract/json_writer.h"
#include "tools/read_tools.h"
#include "tools/registry.h"

namespace lifeline::app {

namespace {

constexpr Millis offer_timeout = std::chrono::seconds(20);

struct Options {
    ServeOptions serve;
    bool json = false;
    std::string name;
    std::string args = "{}";
    std::string session = "sess_cli";
    std::string account;
    bool yes = false;
};

// What every server of the configuration would have, and what could not be found out.
struct Known {
    struct Silent {
        const tools::McpServer& server;
        Error why;
    };
    tools::Registry registry;
    std::vector<Silent> silent;
    std::vector<Error> left_out;  // Tools that cannot be taken, for whatever is wrong with them.
};

Result<Known> find_out(const Config& config) {
    Known known;
    auto all = standing_tools(config);
    for (const tools::McpServer& server : config.mcp) {
        auto offer = ask_offer(server, offer_timeout);
        if (!offer) {
            known.silent.push_back({server, offer.error()});
            continue;
        }
        for (tools::Tool& tool : offer->tools)
            if (std::ranges::find(all, tool.name, &tools::Tool::name) == all.end())
                all.push_back(std::move(tool));
        std::ranges::move(offer->refused, std::back_inserter(known.left_out));
    }
    auto registry = tools::Registry::create(std::move(all));
    if (!registry) return fail(registry.error());
    known.registry = *std::move(registry);
    return known;
}

// With all that can be set: {"hash","tools":[...],"mcp":[...],"notListed":[{"server","code",
// "detail"}],"leftOut":[{"detail"}]}.
void print_json(const Config& config, const Known& known) {
    contract::JsonWriter json;
    json.object().key("hash").value(known.registry.hash()).key("tools").array();
    for (const auto& tool : known.registry.tools()) json.raw(tools::show_tool(tool));
    json.end().key("mcp").array();
    for (const auto& server : config.mcp) json.raw(tools::show_mcp_server(server));
    json.end().key("notListed").array();
    for (const auto& [server, why] : known.silent)
        json.object()
            .key("server")
            .value(server.name)
            .key("code")
            .value(why.reason)
            .key("detail")
            .value(why.detail)
            .end();
    json.end().key("leftOut").array();
    for (const Error& why : known.left_out) json.object().key("detail").value(why.detail).end();
    json.end().end();
    std::printf("%s\n", json.take().c_str());
}

void print_table(const Known& known) {
    Listing table({{"NAME", "name"},
                   {"KIND", "kind"},
                   {"RISK", "risk"},
                   {"IDEMPOTENT", "idempotent"},
                   {"TIMEOUT", "timeout"}});
    const auto in_ms = [](Millis time) { return std::to_string(time.count()) + " ms"; };
    for (const auto& tool : known.registry.tools())
        table.row({tool.name, std::string(to_text(tool.kind)),
                   std::string(contract::to_text(tool.risk)), tool.idempotent ? "yes" : "no",
                   in_ms(tool.timeout)});
    for (const auto& [server, why] : known.silent)
        table.row({server.prefix + "*", "mcp", "not listed", "", in_ms(server.timeout)});
    table.print(Listing::Output::table, "tools");
}

// 1 where a server did not say what it has: then it is not all.
int list(const Options& options) {
    const auto config = effective_config(options.serve);
    if (!config) return report(config.error());
    const auto known = find_out(*config);
    if (!known) return report(known.error());
    options.json ? print_json(*config, *known) : print_table(*known);
    for (const Error& why : known->left_out)
        std::fprintf(stderr, "left out: %s\n", why.detail.c_str());
    for (const auto& [server, why] : known->silent)
        report({why.code, why.reason,
                fmt::format("mcp.{} does not say what it offers: {}", server.name, why.detail)});
    return known->silent.empty() ? 0 : 1;
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
    auto call = ToolCall::prepare(*config, {.name = options.name,
                                            .args_json = options.args,
                                            .session_id = options.session,
                                            .account_id = options.account});
    if (!call) return report(call.error());
    const call::Ruling ruling = (*call)->ruling();
    const bool high = (*call)->tool().risk == contract::Risk::high_risk_external_send;
    if (ruling.outcome == call::Ruling::Outcome::deny) {
        show(**call, ruling);
        return report(
            {Code::not_allowed, "forbidden",
             fmt::format("{}: {}", ruling.stopped ? "stopped by hand" : "the policy denies it",
                         ruling.message)});
    }
    if ((*call)->tool().kind == tools::Kind::client)
        return report({Code::malformed, "tool_invalid", "only the app of a participant can do it"});
    if (is_of_documents((*call)->tool()))
        return report({Code::malformed, "tool_invalid", "only a server that runs has documents"});
    if (high || ruling.outcome == call::Ruling::Outcome::confirm) {
        show(**call, ruling);
        if (!options.yes)
            return report({Code::not_allowed, "forbidden",
                           "a person would be asked first; --yes is your own"});
    }
    return told((*call)->run(), options.json);
}

}  // namespace

void add_tools(Command app) {
    auto options = std::make_shared<Options>();
    auto command = app.command(
        "tools", "Which tools a server of a configuration has, those of its MCP servers too");
    command.option("--config", options->serve.config, "A TOML file with settings");
    command.flag("--json", options->json, "JSON, for programs");
    auto call = command.command("call", "Call one of them, without a server");
    call.option("NAME", options->name, "The tool").required();
    call.option("--args", options->args, "Its arguments, a JSON object");
    call.option("--session", options->session, "The call that it is told it is for");
    call.option("--account", options->account, "Judge it as of this account");
    call.option("--config", options->serve.config, "A TOML file with settings");
    call.option("--data", options->serve.data,
                "The data folder, whose policy and kill switches count (default: data)");
    call.flag("--yes", options->yes, "Also what a person would be asked about");
    call.flag("--json", options->json, "JSON, for programs");
    command.runs([options] { return list(*options); });
    call.runs([options] { return call_tool(*options); });
}

}  // namespace lifeline::app
