#pragma once

#include <string_view>
#include <vector>

// Rules that are broken in their own source, each behind a switch (mutants.txt, mutate.py).
namespace lifeline::simulation {

struct Planted {
    const char* name;
    const char* what;  // Is wrong then.
    // Whose checks have to find it.
    enum class Hunter { world, usage_tests } hunter = Hunter::world;
};

// All that there are; generated.
const std::vector<Planted>& planted();

// From now on that one is broken and no other; "" for none. One thread.
void break_rule(std::string_view name);
bool broken(std::string_view name);

}  // namespace lifeline::simulation
