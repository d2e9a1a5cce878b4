// What metering and charging cost, and counting again. One JSON line a figure:
//
//   money_bench rate [--events N] [--dir DIR]
//   money_bench hour [--records N] [--accounts N] [--dump yes] [--dir DIR]
//   money_bench recount [--dir DIR]
//
// `hour` makes what `recount` counts; they are two processes, so that the memory is that of
// counting alone.
#include <cstdlib>
#include <string>
#include <string_view>

#include "money/hour.h"
#include "money/rate.h"

int main(int argc, char** argv) {
    const std::string_view what = argc > 1 ? argv[1] : "";
    std::string dir = ".";
    std::size_t events = 1'000'000;
    lifeline::money::Hour hour;
    for (int i = 2; i + 1 < argc; i += 2) {
        const std::string_view name = argv[i];
        const auto number = static_cast<std::size_t>(std::atoll(argv[i + 1]));
        if (name == "--dir") dir = argv[i + 1];
        if (name == "--events") events = number;
        if (name == "--records") hour.records = number;
        if (name == "--accounts") hour.accounts = number;
        if (name == "--dump") hour.dump = std::string_view(argv[i + 1]) == "yes";
    }
    if (what == "rate") {
        lifeline::money::rate(dir, events);
    } else if (what == "hour") {
        lifeline::money::make_hour(dir, hour);
    } else if (what == "recount") {
        lifeline::money::recount_hour(dir);
    } else {
        return 2;
    }
}
