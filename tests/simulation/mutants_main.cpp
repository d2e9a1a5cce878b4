#include <algorithm>
#include <cstdio>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "options.h"
#include "planted.h"
#include "world.h"

// simulation_mutants [--seeds N] [--from SEED] [--only NAME] [--evidence FILE]
//
// Breaks one thing after the other on purpose and runs worlds with it until one of N finds it.
// Fails when a mutant survives them all: then the simulation's checks prove nothing about that
// rule. In the first row nothing is broken, and nothing must be found.

namespace {

using lifeline::simulation::Mutant;
using lifeline::simulation::Options;

struct Row {
    std::string name;
    std::string what;
    Mutant of_the_world = Mutant::none;
};

std::vector<Row> rows() {
    std::vector<Row> rows{
        {"none", "nothing is broken"},
        {"lying_disk", "a disk says synced and does nothing", Mutant::lying_disk},
        {"torn_folder", "the journal is put back to an older copy", Mutant::torn_folder},
        {"runner_acts_anyway", "who was refused a claim acts all the same",
         Mutant::runner_acts_anyway},
        {"engine_ignored", "what the engine denies is allowed", Mutant::engine_ignored},
        {"kill_switch_ignored", "what is stopped begins", Mutant::kill_switch_ignored},
        {"count_not_counted", "each is the first of its day", Mutant::count_not_counted}};
    for (const auto& one : lifeline::planted::all()) rows.push_back({one.name, one.what});
    return rows;
}

// Without a mutant nothing may be found; `simulation` looks longer for that.
constexpr std::uint64_t healthy_seeds = 25;

// What finds it first: a seed and what it saw.
std::optional<std::string> hunt(const Row& row, const Options& options) {
    lifeline::planted::break_rule(row.name);
    const std::uint64_t seeds =
        row.name == "none" ? std::min(options.seeds, healthy_seeds) : options.seeds;
    for (std::uint64_t seed = options.from; seed < options.from + seeds; ++seed) {
        const auto outcome = run_world(seed, row.of_the_world);
        if (!outcome.violations.empty())
            return "seed " + std::to_string(seed) + ": " + outcome.violations.front();
    }
    return std::nullopt;
}

}  // namespace

int main(int argc, char** argv) {
    const Options options = lifeline::simulation::read_options(argc, argv, 100);
    // A disk that fails is not news here.
    lifeline::log::configure(lifeline::log::Level::error, lifeline::log::Format::text);
    std::size_t tests = 0;
    std::size_t passed = 0;
    for (const Row& row : rows()) {
        if (!options.only.empty() && options.only != row.name) continue;
        const auto found = hunt(row, options);
        const bool as_wanted = found.has_value() == (row.name != "none");
        std::printf("%-21s %s\n", row.name.c_str(), row.what.c_str());
        if (found) std::printf("%-21s %s\n", "", found->c_str());
        if (!as_wanted)
            std::printf("%-21s FAILED: %s\n", "", found ? "it is not" : "it was not found");
        std::fflush(stdout);
        ++tests;
        passed += as_wanted ? 1 : 0;
    }
    std::printf("%zu tests, %zu passed\n", tests, passed);
    if (!options.evidence.empty())
        std::ofstream(options.evidence)
            << "{\"planted\":" << tests - 1 << ",\"caught\":" << passed - 1
            << ",\"seeds\":" << options.seeds << "}\n";
    return tests > 0 && passed == tests ? 0 : 1;
}
