#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include "app/commands.h"
#include "app/policy_cases.h"
#include "app/policy_file.h"
#include "app/toml_json.h"
#include "contract/json_writer.h"

namespace lifeline::app {

namespace {

struct Options {
    std::string file;
    std::string cases;
    bool json = false;
};

// In JSON {"id","version","hash","rules":[{"name","when","then"}]}, the defaults last.
int check(const Options& options) {
    const auto policy = load_policy(options.file);
    if (!policy) return report(policy.error());
    Listing table({{"RULE", "name"}, {"WHEN", "when"}, {"THEN", "then"}});
    contract::JsonWriter json;
    json.object().key("id").value(policy->id()).key("version").value(policy->version());
    json.key("hash").value(policy->hash()).key("rules").array();
    for (const auto& [name, when, then] : policy->rows()) {
        table.row({name, when, then});
        json.object().key("name").value(name).key("when").value(when).key("then").value(then).end();
    }
    json.end().end();
    if (options.json) {
        std::printf("%s\n", json.take().c_str());
        return 0;
    }
    table.print(Listing::Output::table, "rules");
    std::printf("%s\n", fmt::format("{}, version {}: the first rule that matches decides",
                                    policy->id(), policy->version())
                            .c_str());
    return 0;
}

// In JSON {"cases":[{"name","expected","got","rule","differs"}]}; 1 when one differs.
int test(const Options& options) {
    const auto policy = load_policy(options.file);
    if (!policy) return report(policy.error());
    const auto document = Document::read(options.cases);
    if (!document) return report(document.error());
    const auto cases = read_policy_cases(document->json());
    if (!cases) return report(document->explained(cases.error()));
    Listing table({{"CASE", "name"},
                   {"EXPECTED", "expected"},
                   {"GOT", "got"},
                   {"RULE", "rule"},
                   {"", "differs"}});
    std::size_t differing = 0;
    for (const auto& one : *cases) {
        const auto verdict = policy->evaluate(one.question());
        const std::string& rule = verdict.rules.front();
        const bool same = verdict.outcome == one.expect && (one.rule.empty() || one.rule == rule);
        differing += same ? 0 : 1;
        std::string expected(to_text(one.expect));
        if (!one.rule.empty()) expected += " by " + one.rule;
        table.row({one.name, expected, std::string(to_text(verdict.outcome)), rule,
                   same ? "" : "differs"});
    }
    table.print(options.json ? Listing::Output::json : Listing::Output::table, "cases");
    if (!options.json)
        std::printf("%s\n", fmt::format("{} cases, {} as expected, {} not", cases->size(),
                                        cases->size() - differing, differing)
                                .c_str());
    return differing == 0 ? 0 : 1;
}

}  // namespace

void add_policy(Command app) {
    auto policy = app.family("policy", "Safety policies: what may be done and who is asked");
    const auto command = [&](const char* name, const char* what, int (*run)(const Options&)) {
        auto options = std::make_shared<Options>();
        auto made = policy.command(name, what);
        made.option("FILE", options->file, "The policy, in TOML or JSON").required();
        made.flag("--json", options->json, "JSON, for programs");
        made.runs([options, run] { return run(*options); });
        return std::pair(made, options);
    };
    command("check", "Whether a policy is well formed, and its rules in order", &check);
    auto [made, options] =
        command("test", "What a policy says to questions, against what it should", &test);
    made.option("CASES", options->cases, "[[cases]]: questions with the outcome to expect")
        .required();
}

}  // namespace lifeline::app
