#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lifeline::simulation {

// What one seed came to.
struct Outcome {
    std::vector<std::string> violations;
    std::map<std::string, std::uint64_t> faults;  // By kind: how often each struck.
    std::uint64_t acknowledgements = 0;
    std::uint64_t sightings = 0;
    // At the end, so that it can be seen that worlds come that far.
    std::uint64_t seals = 0;
    std::uint64_t index_pages = 0;
    std::uint64_t effects = 0;      // Of actions, out in the world.
    std::uint64_t overtakings = 0;  // Of final texts by later ones.
};

// Breaks what these worlds put in the place of something outside the rules: disk, policy, counts, a
// runner. The rules themselves are broken in their own source (planted.h).
enum class Mutant {
    none,
    lying_disk,           // Says "synced" and does nothing.
    torn_folder,          // The journal is put back to an earlier copy of itself after a crash.
    runner_acts_anyway,   // A runner whose claim was refused acts all the same.
    engine_ignored,       // What the engine denies, or says nothing about, is allowed.
    kill_switch_ignored,  // What is stopped begins all the same.
    count_not_counted,    // Each is the first of its day.
};

Outcome run_world(std::uint64_t seed, Mutant mutant);

// Every kind of fault that a world can have.
std::vector<std::string> declared_faults();

}  // namespace lifeline::simulation
