#include "planted.h"

#include <string>

namespace lifeline::planted {

namespace {

std::string& the_broken_one() {
    static std::string name;
    return name;
}

}  // namespace

void break_rule(std::string_view name) {
    the_broken_one() = name;
}

bool broken(std::string_view name) {
    return the_broken_one() == name;
}

}  // namespace lifeline::planted
