#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "app/canary.h"
#include "app/checkup.h"
#include "app/known_tools.h"
#include "app/policy_cases.h"
#include "app/secret_source.h"
#include "app/toml_json.h"
#include "net/dial.h"

namespace lifeline::app {

namespace {

constexpr Millis look_timeout = std::chrono::seconds(10);

// examples/policy.toml has its cases in examples/policy_cases.toml.
std::filesystem::path cases_of(const std::filesystem::path& policy) {
    return policy.parent_path() / (policy.stem().string() + "_cases" + policy.extension().string());
}

struct Cases {
    std::size_t all = 0;
    std::string differing;  // The first that differs.
};

Result<Cases> run_cases(const safety::Policy& policy, const std::filesystem::path& file) {
    const auto document = Document::read(file);
    if (!document) return fail(document.error());
    const auto cases = read_policy_cases(document->json());
    if (!cases) return fail(document->explained(cases.error()));
    Cases run;
    run.all = cases->size();
    for (const auto& one : *cases) {
        const auto verdict = policy.evaluate(one.question());
        const bool same = verdict.outcome == one.expect &&
                          (one.rule.empty() || one.rule == verdict.rules.front());
        if (!same && run.differing.empty()) run.differing = one.name;
    }
    return run;
}

}  // namespace

void Checkup::policy() {
    auto read = read_rules_in_force(config_);
    if (!read)
        return note("policy", Verdict::fail, read.error().detail,
                    fmt::format("a server with it does not start; lifeline policy check looks at a "
                                "file, lifeline verify {} at what was put",
                                config_.data.string()));
    rules_ = *std::move(read);
    const auto& now = rules_->policy;
    const std::string name = fmt::format("{}, version {}{}", now.policy.id(), now.policy.version(),
                                         now.stored ? ", as it was put by " + now.by : "");
    const auto file = cases_of(config_.policy_file);
    if (config_.policy_file.empty() || !std::filesystem::exists(file))
        return note("policy", Verdict::ok, name);
    const auto cases = run_cases(now.policy, file);
    if (!cases) return note("policy", Verdict::fail, cases.error().detail, "mend the cases");
    if (!cases->differing.empty())
        return note(
            "policy", Verdict::fail,
            fmt::format("{}: the case \"{}\" comes out otherwise", name, cases->differing),
            fmt::format("lifeline policy test {} {}", config_.policy_file.string(), file.string()));
    note("policy", Verdict::ok, fmt::format("{}, all of {} cases as expected", name, cases->all));
}

void Checkup::canary() {
    if (!rules_) return;  // Said already.
    const auto& policy = rules_->policy.policy;
    auto flown = fly_canary(policy, config_.tools, rules_->switches);
    const std::string advice =
        "narrow that rule to the actions it is meant for, or have it confirm";
    // A stop will be lifted one day, so what would be judged then is looked at, too.
    const bool stopped = flown && flown->rule.starts_with("kill_switch:");
    const std::string by = stopped ? flown->rule : std::string();
    if (stopped) flown = fly_canary(policy, config_.tools);
    if (!flown)
        return note("canary", Verdict::fail, flown.error().detail, "report this, it is a defect");
    if (stopped && flown->approved)
        return note("canary", Verdict::warn,
                    fmt::format("a send that nobody approved is not begun ({}), and without that "
                                "it would be, by the rule {}",
                                by, flown->rule),
                    advice);
    if (!flown->approved)
        return note("canary", Verdict::ok,
                    fmt::format("a send that nobody approved is not begun ({})",
                                stopped ? by : flown->rule));
    note("canary", Verdict::fail,
         fmt::format("a send that nobody approved would be begun, by the rule {}", flown->rule),
         advice);
}

void Checkup::secret_of(const std::string& name, const std::string& setting,
                        const std::string& path) {
    if (path.empty()) return;
    if (const auto secret = read_secret_file(setting, path); !secret)
        note(name, Verdict::fail, secret.error().detail,
             "let the server's user read it; it holds the secret in its first line");
}

// That something listens there and is who it should be; nothing is asked of it.
void Checkup::place_of(const std::string& name, const std::string& url) {
    const auto parsed = net::parse_url(url);
    if (!parsed) return note(name, Verdict::fail, url + " is no URL", "correct its url");
    const auto dialed = net::Dialed::open(*parsed, look_timeout);
    if (!dialed)
        return note(name, Verdict::fail, dialed.error().detail,
                    "start it, or let this machine reach it; until then its actions fail");
    const auto& seen = dialed->certificate();
    if (seen && !seen->problem.empty())
        return note(name, Verdict::fail, fmt::format("{}: {}", url, seen->problem),
                    "renew its certificate, or correct its url");
    note(name, Verdict::ok, url + " takes connections");
}

void Checkup::server_of_tools(const tools::McpServer& server) {
    const std::string name = "mcp " + server.name;
    secret_of(name, fmt::format("mcp.{}.token_file", server.name), server.token_file);
    const auto offer = ask_offer(server, look_timeout);
    if (!offer)
        return note(name, Verdict::fail, offer.error().detail,
                    "run its command by hand, or let this machine reach its url");
    const std::string offers = fmt::format("offers {} tools", offer->tools.size());
    if (offer->refused.empty()) return note(name, Verdict::ok, offers);
    note(name, Verdict::warn,
         fmt::format("{}; {} are left out, the first: {}", offers, offer->refused.size(),
                     offer->refused.front().detail),
         "mend them in that server, or name those that are wanted in `only`");
}

void Checkup::tools() {
    for (const auto& tool : config_.tools) {
        if (tool.kind != tools::Kind::http) continue;
        const std::string name = "tool " + tool.name;
        secret_of(name, fmt::format("tools.{}.secret_file", tool.name), tool.secret_file);
        place_of(name, tool.url);
    }
    for (const auto& server : config_.mcp) server_of_tools(server);
    if (config_.engine_url.empty()) return;
    secret_of("policy engine", "safety.engine.token_file", config_.engine_token_file);
    place_of("policy engine", config_.engine_url);
}

}  // namespace lifeline::app
