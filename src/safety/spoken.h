#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace lifeline::safety {

// What somebody said who was asked yes or no.
enum class Spoken : std::uint8_t { yes, no, neither };

// The words that are a yes or a no when they are all that is said, by language. Whatever else is
// said, before or after, is neither: "yes, but to the other one" must not send anything.
class VoiceWords {
public:
    // English, German, French, Italian, Spanish.
    static VoiceWords standard();

    // False for words that say nothing, or that mean the opposite already.
    bool add(std::string_view language, std::string_view words, Spoken meaning);
    // Of "de-CH" the words of "de" count. Where the language is not known, those of all; what is a
    // yes in one and a no in another is neither.
    Spoken what_was_said(std::string_view text, std::string_view language) const;

private:
    std::map<std::string, std::map<std::string, Spoken, std::less<>>, std::less<>> languages_;
};

}  // namespace lifeline::safety
