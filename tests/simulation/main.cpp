#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <string>

#include "base/log.h"
#include "world.h"

// simulation [--seeds N] [--from SEED] [--mutants] [--evidence FILE]
//
// Runs N worlds and fails when one breaks a promise. With --mutants the house is broken on purpose,
// and it fails when nothing is found.

namespace {

using lifeline::simulation::Mutant;

struct Options {
    std::uint64_t seeds = 500;
    std::uint64_t from = 1;
    bool mutants = false;
    std::string evidence;
};

Options read(int argc, char** argv) {
    Options options;
    const auto number = [&](int at, std::uint64_t& into) {
        if (at < argc) std::from_chars(argv[at], argv[at] + std::strlen(argv[at]), into);
    };
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (word == "--seeds") number(++i, options.seeds);
        if (word == "--from") number(++i, options.from);
        if (word == "--mutants") options.mutants = true;
        if (word == "--evidence" && i + 1 < argc) options.evidence = argv[++i];
    }
    return options;
}

int hunt_mutants(const Options& options) {
    const std::map<const char*, Mutant> mutants{
        {"a disk that lies about sync", Mutant::lying_disk},
        {"a journal put back in time", Mutant::torn_folder},
        {"a gate that is skipped", Mutant::gate_skipped},
        {"arguments that drift", Mutant::args_not_rechecked},
        {"a claim that is not fenced", Mutant::claim_not_fenced},
        {"an expiry that is ignored", Mutant::expiry_ignored},
        {"an engine that is ignored", Mutant::engine_ignored},
        {"a kill switch that is ignored", Mutant::kill_switch_ignored},
        {"a grant without bounds", Mutant::grant_unbounded},
        {"a count that counts nothing", Mutant::count_not_counted},
        {"a yes to nothing", Mutant::voice_not_read_back}};
    std::size_t caught = 0;
    for (const auto& [name, mutant] : mutants) {
        std::uint64_t found = 0;
        for (std::uint64_t seed = options.from; seed < options.from + options.seeds; ++seed)
            if (!run_world(seed, mutant).violations.empty()) ++found;
        std::printf("%-32s found by %llu of %llu seeds\n", name,
                    static_cast<unsigned long long>(found),
                    static_cast<unsigned long long>(options.seeds));
        if (found > 0) ++caught;
    }
    std::printf("%zu tests, %zu passed\n", mutants.size(), caught);
    if (!options.evidence.empty())
        std::ofstream(options.evidence)
            << "{\"planted\":" << mutants.size() << ",\"caught\":" << caught
            << ",\"seeds\":" << options.seeds << "}\n";
    return caught == mutants.size() ? 0 : 1;
}

int run_all(const Options& options) {
    std::map<std::string, std::uint64_t> faults;
    std::uint64_t failed = 0;
    std::uint64_t acknowledged = 0;
    std::uint64_t seen = 0;
    std::uint64_t seals = 0;
    std::uint64_t index_pages = 0;
    std::uint64_t effects = 0;
    const auto begin = std::chrono::steady_clock::now();
    for (std::uint64_t seed = options.from; seed < options.from + options.seeds; ++seed) {
        const auto outcome = run_world(seed, Mutant::none);
        for (const auto& [kind, count] : outcome.faults) faults[kind] += count;
        acknowledged += outcome.acknowledgements;
        seen += outcome.sightings;
        seals += outcome.seals;
        index_pages += outcome.index_pages;
        effects += outcome.effects;
        if (outcome.violations.empty()) continue;
        ++failed;
        std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed),
                    outcome.violations.front().c_str());
    }
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    std::size_t hit = 0;
    for (const auto& kind : lifeline::simulation::declared_faults()) {
        std::printf("%-24s %llu\n", kind.c_str(), static_cast<unsigned long long>(faults[kind]));
        if (faults[kind] > 0) ++hit;
    }
    std::printf(
        "%llu events acknowledged, %llu seen, %llu effects, %llu seals, %llu index pages, %.1f s\n",
        static_cast<unsigned long long>(acknowledged), static_cast<unsigned long long>(seen),
        static_cast<unsigned long long>(effects), static_cast<unsigned long long>(seals),
        static_cast<unsigned long long>(index_pages), seconds);
    std::printf("%llu tests, %llu passed\n", static_cast<unsigned long long>(options.seeds),
                static_cast<unsigned long long>(options.seeds - failed));
    if (!options.evidence.empty())
        std::ofstream(options.evidence)
            << "{\"seeds\":" << options.seeds
            << ",\"faultsDeclared\":" << lifeline::simulation::declared_faults().size()
            << ",\"faultsHit\":" << hit << ",\"acknowledged\":" << acknowledged
            << ",\"effects\":" << effects << ",\"failed\":" << failed << "}\n";
    return failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    const Options options = read(argc, argv);
    // A disk that fails is not news here.
    lifeline::log::configure(lifeline::log::Level::error, lifeline::log::Format::text);
    return options.mutants ? hunt_mutants(options) : run_all(options);
}
