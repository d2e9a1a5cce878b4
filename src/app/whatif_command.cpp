#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "app/commands.h"
#include "app/policy_file.h"
#include "app/serve_options.h"
#include "app/since.h"
#include "app/whatif_prices.h"
#include "app/whatif_reading.h"
#include "app/whatif_report.h"
#include "app/whatif_turns.h"
#include "base/clock.h"
#include "base/window.h"
#include "contract/stream.h"
#include "rerun/turns.h"
#include "whatif/walk.h"

namespace lifeline::app {

namespace {

struct Options {
    ServeOptions serve;
    std::string policy;
    std::string agent;
    std::string since;
    std::string session;
    std::string prices;
    std::string from;
    std::string to;
    std::string account;
    std::int64_t max_turns = 20;
    bool all = false;
    bool json = false;
};

constexpr int wrong_command_line = 2;
constexpr int differs = 3;

// What runs for a while says so, beside what it finds; in one line where somebody looks.
void tell(const std::string& text) {
    const bool person = ::isatty(STDERR_FILENO) == 1;
    std::fprintf(stderr, person ? "\r%s\x1b[K" : "%s\n", text.c_str());
}

void told_enough() {
    if (::isatty(STDERR_FILENO) == 1) std::fprintf(stderr, "\r\x1b[K");
}

Result<WhatIfReport::Decisions> ask_policy(safety::Policy policy, whatif::Walk::Wanted wanted,
                                           WhatIfReading& reading) {
    whatif::Walk walk(policy, std::move(wanted));
    const auto read =
        reading.read([&](std::string_view stream,
                         std::string_view bytes) { return walk.looks_at(stream, bytes); },
                     [&](const whatif::Recorded& recorded) { walk.take(recorded); });
    if (!read) return fail(read.error());
    return WhatIfReport::Decisions{.policy = std::move(policy),
                                   .comparisons = walk.comparisons(),
                                   .calls = walk.calls(),
                                   .erased = walk.erased()};
}

Result<WhatIfTurns> ask_agent(const Config& config, const AgentConfig& agent,
                              const Options& options, whatif::Walk::Wanted wanted,
                              WhatIfReading& reading) {
    rerun::Turns turns(std::move(wanted), static_cast<std::size_t>(options.max_turns),
                       agent.settings);
    const auto of_calls = [](std::string_view stream, std::string_view) {
        return contract::stream_kind(stream) == contract::StreamKind::call;
    };
    const auto chosen =
        reading.read(of_calls, [&](const whatif::Recorded& one) { turns.choose(one); });
    if (!chosen) return fail(chosen.error());
    const auto taken =
        reading.read(of_calls, [&](const whatif::Recorded& one) { turns.take(one); });
    if (!taken) return fail(taken.error());
    auto all = turns.all();
    const std::size_t many = all.size();
    auto made = ask_turns(
        config, agent, std::move(all), [many](std::size_t number, const WhatIfTurns& so_far) {
            std::int64_t tokens = 0;
            for (const auto& one : so_far.turns)
                tokens += one.answer.input_tokens + one.answer.output_tokens;
            tell("turn " + std::to_string(number) + " of " + std::to_string(many) + ", " +
                 std::to_string(tokens) + " tokens so far");
        });
    if (made) made->left_out = turns.left_out();
    return made;
}

Result<std::optional<Window>> hour_of(const std::string& text) {
    if (text.empty()) return std::nullopt;
    const auto hour = parse_window(text);
    if (!hour)
        return fail(Code::malformed, "query_invalid",
                    text + " is no UTC hour, like 2026-02-16T10:00Z");
    return hour;
}

Result<pricing::Card> card_in(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(Code::not_found, "file_not_found", path + " cannot be read");
    return pricing::parse_card(std::string(std::istreambuf_iterator<char>(file), {}));
}

int ask_prices(const Options& options) {
    WhatIfPrices::Wanted wanted{.account = options.account};
    auto from = hour_of(options.from);
    const auto to = hour_of(options.to);
    if (from && !options.since.empty()) {
        const auto since = read_since(options.since, SystemClock().wall());
        if (since)
            from = window_of(*since);
        else
            from = fail(since.error());
    }
    if (!from || !to) {
        report(from ? to.error() : from.error());
        return wrong_command_line;
    }
    wanted.from = *from;
    wanted.to = *to;
    auto card = card_in(options.prices);
    if (!card) return report(card.error());
    const auto config = effective_config(options.serve);
    if (!config) return report(config.error());
    WhatIfPrices prices(*std::move(card), std::move(wanted));
    WhatIfReading reading(config->data.string());
    const auto read = reading.read(&WhatIfPrices::looks_at,
                                   [&](const whatif::Recorded& one) { prices.take(one); });
    if (!read) return report(read.error());
    const auto rows = prices.rows();
    if (!rows) return report(rows.error());
    const std::string text = options.json ? prices.in_json(*rows) : prices.in_words(*rows);
    std::fwrite(text.data(), 1, text.size(), stdout);
    return 0;
}

int run(const Options& options) {
    if (!options.prices.empty()) return ask_prices(options);
    if (options.policy.empty() && options.agent.empty()) {
        report({Code::malformed, "query_invalid",
                "name another policy (--policy), agent (--agent) or price card (--prices)"});
        return wrong_command_line;
    }
    const auto config = effective_config(options.serve);
    if (!config) return report(config.error());
    WhatIfReport found;
    found.all = options.all;
    if (!options.since.empty()) {
        const auto since = read_since(options.since, SystemClock().wall());
        if (!since) {
            report(since.error());
            return wrong_command_line;
        }
        found.since = *since;
    }
    if (!options.session.empty() &&
        contract::stream_kind(options.session) != contract::StreamKind::call)
        return report({Code::not_found, "stream_not_found", options.session + " is no call"});
    const whatif::Walk::Wanted wanted{.session = options.session, .since = found.since};
    WhatIfReading reading(config->data.string());
    reading.look_for(options.session);
    reading.progress = [](std::uint64_t events) {
        tell("read " + std::to_string(events) + " events");
    };
    // All that can be wrong with what was typed is said before anything is read.
    std::optional<AgentConfig> agent;
    if (!options.agent.empty()) {
        auto one = agent_to_ask(*config, options.agent);
        if (!one) return report(one.error());
        agent = *std::move(one);
    }
    if (!options.policy.empty()) {
        auto policy = load_policy(options.policy);
        if (!policy) return report(policy.error());
        auto decisions = ask_policy(*std::move(policy), wanted, reading);
        if (!decisions) return report(decisions.error());
        found.decisions = *std::move(decisions);
    }
    if (agent) {
        auto turns = ask_agent(*config, *agent, options, wanted, reading);
        if (!turns) return report(turns.error());
        found.turns = *std::move(turns);
    }
    told_enough();
    if (!options.session.empty() && !reading.had(options.session))
        return report({Code::not_found, "stream_not_found",
                       options.session + " has no event in " + config->data.string()});
    const std::string text = options.json ? found.in_json() : found.in_words();
    std::fwrite(text.data(), 1, text.size(), stdout);
    return found.differs() ? differs : 0;
}

}  // namespace

void add_whatif(Command app) {
    auto options = std::make_shared<Options>();
    auto made = app.command("whatif",
                            "What another policy or agent would have made of recorded calls, "
                            "without any effect (server running or not)");
    made.option("--policy", options->policy, "Ask this policy file what was asked then");
    made.option("--agent", options->agent,
                "Give recorded turns to this agent, of [agents.NAME] or `scripted`");
    made.option("--prices", options->prices,
                "What recorded hours would have cost by this card, a JSON file");
    made.option("--from", options->from, "With --prices: hours from this one on");
    made.option("--to", options->to, "With --prices: hours before this one");
    made.option("--account", options->account, "With --prices: only this account");
    made.option("--since", options->since, "Only from then on: 7d, 12h, or a time (RFC 3339)");
    made.option("--session", options->session, "Only this call");
    made.option("--max-turns", options->max_turns, "With --agent: no more turns than that")
        .shown()
        .between(1, 100'000);
    made.option("--data", options->serve.data, "The data folder (default: the configuration's)");
    made.option("--config", options->serve.config, "A TOML file with settings");
    made.either("--prices", "--policy");
    made.either("--prices", "--agent");
    made.either("--from", "--since");
    made.flag("--all", options->all, "Show what is the same, too");
    made.flag("--json", options->json, "JSON, for programs");
    made.runs([options] { return run(*options); });
}

}  // namespace lifeline::app
