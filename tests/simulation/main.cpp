#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <string>

#include "base/log.h"
#include "options.h"
#include "world.h"

// simulation [--seeds N] [--from SEED] [--evidence FILE]
//
// Runs N worlds and fails when one breaks a promise.

namespace {

using lifeline::simulation::Mutant;
using lifeline::simulation::Options;

int run_all(const Options& options) {
    std::map<std::string, std::uint64_t> faults;
    std::uint64_t failed = 0;
    std::uint64_t acknowledged = 0;
    std::uint64_t seen = 0;
    std::uint64_t seals = 0;
    std::uint64_t index_pages = 0;
    std::uint64_t effects = 0;
    std::uint64_t overtakings = 0;
    const auto begin = std::chrono::steady_clock::now();
    for (std::uint64_t seed = options.from; seed < options.from + options.seeds; ++seed) {
        const auto outcome = run_world(seed, Mutant::none);
        for (const auto& [kind, count] : outcome.faults) faults[kind] += count;
        acknowledged += outcome.acknowledgements;
        seen += outcome.sightings;
        seals += outcome.seals;
        index_pages += outcome.index_pages;
        effects += outcome.effects;
        overtakings += outcome.overtakings;
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
        "%llu events acknowledged, %llu seen, %llu effects, %llu finals overtaken, %llu seals, "
        "%llu index pages, %.1f s\n",
        static_cast<unsigned long long>(acknowledged), static_cast<unsigned long long>(seen),
        static_cast<unsigned long long>(effects), static_cast<unsigned long long>(overtakings),
        static_cast<unsigned long long>(seals), static_cast<unsigned long long>(index_pages),
        seconds);
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
    const Options options = lifeline::simulation::read_options(argc, argv, 500);
    // A disk that fails is not news here.
    lifeline::log::configure(lifeline::log::Level::error, lifeline::log::Format::text);
    return run_all(options);
}
