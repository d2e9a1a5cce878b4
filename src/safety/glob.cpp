#include "safety/glob.h"

#include <cstddef>

namespace lifeline::safety {

bool glob_matches(std::string_view glob, std::string_view text) {
    constexpr std::size_t none = std::string_view::npos;
    std::size_t g = 0, t = 0, star = none, resume = 0;
    while (t < text.size()) {
        if (g < glob.size() && glob[g] == '*') {
            star = g++;
            resume = t;
        } else if (g < glob.size() && (glob[g] == '?' || glob[g] == text[t])) {
            ++g;
            ++t;
        } else if (star != none) {
            g = star + 1;  // The last star takes one more.
            t = ++resume;
        } else {
            return false;
        }
    }
    while (g < glob.size() && glob[g] == '*') ++g;
    return g == glob.size();
}

}  // namespace lifeline::safety
