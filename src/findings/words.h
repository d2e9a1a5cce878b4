#pragma once

#include <string_view>

namespace lifeline::findings {

// For people: what a kind of difference means, and what to do about it next.
struct Words {
    std::string_view klass;
    std::string_view meaning;
    std::string_view fix;
};

// Nothing to say of a class that is not known.
Words words_of(std::string_view klass);
// Where it arose, in words: "measuring", "pricing", "booking", "the sink".
std::string_view layer_in_words(std::string_view layer);

}  // namespace lifeline::findings
