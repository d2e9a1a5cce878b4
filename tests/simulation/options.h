#pragma once

#include <charconv>
#include <cstdint>
#include <cstring>
#include <string>

namespace lifeline::simulation {

// Of both programs' command lines.
struct Options {
    std::uint64_t seeds = 0;
    std::uint64_t from = 1;
    std::string only;  // One mutant's name.
    std::string evidence;
};

inline Options read_options(int argc, char** argv, std::uint64_t seeds) {
    Options options{.seeds = seeds, .only = {}, .evidence = {}};
    const auto number = [&](int at, std::uint64_t& into) {
        if (at < argc) std::from_chars(argv[at], argv[at] + std::strlen(argv[at]), into);
    };
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (word == "--seeds") number(++i, options.seeds);
        if (word == "--from") number(++i, options.from);
        if (word == "--only" && i + 1 < argc) options.only = argv[++i];
        if (word == "--evidence" && i + 1 < argc) options.evidence = argv[++i];
    }
    return options;
}

}  // namespace lifeline::simulation
