#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "failing_test.h"
#include "planted.h"

// money_mutants [--only NAME] [--evidence FILE]
//
// Breaks one rule of money after the other and runs the tests of its rooms until one fails. Fails
// when a mutant survives them all: then they prove nothing about that rule. First nothing is
// broken, and every test has to pass; what their seeded histories were is counted there.

namespace {

using lifeline::money::Ran;

struct Options {
    std::string only;
    std::string evidence;
};

Options read_options(int argc, char** argv) {
    Options options;
    for (int i = 1; i + 1 < argc; ++i) {
        const std::string word = argv[i];
        if (word == "--only") options.only = argv[++i];
        if (word == "--evidence") options.evidence = argv[++i];
    }
    return options;
}

bool row(const std::string& name, const std::string& what, const std::string& found, bool passed) {
    std::printf("%-24s %s\n", name.c_str(), what.c_str());
    if (!found.empty()) std::printf("%-24s %s\n", "", found.c_str());
    if (!passed)
        std::printf("%-24s FAILED: %s\n", "", found.empty() ? "nothing found it" : "it is not");
    std::fflush(stdout);
    return passed;
}

}  // namespace

int main(int argc, char** argv) {
    const Options options = read_options(argc, argv);
    std::size_t tests = 0;
    std::size_t passed = 0;
    Ran healthy;
    if (options.only.empty()) {
        healthy = lifeline::money::run_tests();
        ++tests;
        passed += row("none", "nothing is broken", healthy.failed, healthy.failed.empty()) ? 1 : 0;
    }
    for (const auto& mutant : lifeline::planted::all()) {
        if (!options.only.empty() && options.only != mutant.name) continue;
        lifeline::planted::break_rule(mutant.name);
        const std::string found = lifeline::money::first_failing(healthy);
        ++tests;
        passed += row(mutant.name, mutant.what, found, !found.empty()) ? 1 : 0;
    }
    std::printf("%zu histories of %zu tests\n%zu tests, %zu passed\n", healthy.histories,
                healthy.tests, tests, passed);
    if (!options.evidence.empty())
        std::ofstream(options.evidence)
            << "{\"planted\":" << tests - 1 << ",\"caught\":" << passed - 1
            << ",\"tests\":" << healthy.tests << ",\"histories\":" << healthy.histories << "}\n";
    return tests > 0 && passed == tests ? 0 : 1;
}
