#pragma once

#include <string_view>
#include <vector>

// Rules that are broken in their own source, each behind a switch (a mutants.txt, mutate.py).
namespace lifeline::planted {

struct Mutant {
    const char* name;
    const char* what;  // Is wrong then.
};

// All of this program; generated.
const std::vector<Mutant>& all();

// From now on that one is broken and no other; "" for none. One thread.
void break_rule(std::string_view name);
bool broken(std::string_view name);

}  // namespace lifeline::planted
