#include "safety/spoken.h"

#include <utility>

namespace lifeline::safety {

namespace {

// "Yes, please!" is "yes please": what a transcriber adds of its own does not count. Only ASCII is
// made small, and only marks that end or part a sentence go; whatever else is there stays, and then
// nothing matches.
std::string bare(std::string_view text) {
    constexpr std::string_view marks = ".,!;";
    std::string words;
    bool gap = false;
    for (const char c : text) {
        if (c == ' ' || c == '\t' || c == '\n' || marks.find(c) != std::string_view::npos) {
            gap = !words.empty();
            continue;
        }
        if (std::exchange(gap, false)) words += ' ';
        words += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return words;
}

std::string_view primary(std::string_view language) {
    return language.substr(0, language.find('-'));
}

}  // namespace

VoiceWords VoiceWords::standard() {
    struct Words {
        std::string_view language;
        std::string_view words;
        Spoken meaning;
    };
    constexpr Words known[] = {
        {"en", "yes", Spoken::yes},         {"en", "yes please", Spoken::yes},
        {"en", "yes send it", Spoken::yes}, {"en", "yes do it", Spoken::yes},
        {"en", "no", Spoken::no},           {"en", "no thanks", Spoken::no},
        {"en", "no thank you", Spoken::no}, {"en", "no stop", Spoken::no},
        {"de", "ja", Spoken::yes},          {"de", "ja bitte", Spoken::yes},
        {"de", "nein", Spoken::no},         {"de", "nein danke", Spoken::no},
        {"fr", "oui", Spoken::yes},         {"fr", "oui merci", Spoken::yes},
        {"fr", "non", Spoken::no},          {"fr", "non merci", Spoken::no},
        {"it", "s\u00ec", Spoken::yes},     {"it", "s\u00ec grazie", Spoken::yes},
        {"it", "no", Spoken::no},           {"it", "no grazie", Spoken::no},
        {"es", "s\u00ed", Spoken::yes},     {"es", "s\u00ed por favor", Spoken::yes},
        {"es", "no", Spoken::no},           {"es", "no gracias", Spoken::no},
    };
    VoiceWords all;
    for (const auto& [language, words, meaning] : known) all.add(language, words, meaning);
    return all;
}

bool VoiceWords::add(std::string_view language, std::string_view words, Spoken meaning) {
    const std::string key = bare(words);
    if (key.empty()) return false;
    auto& known = languages_[std::string(primary(language))];
    return known.try_emplace(key, meaning).first->second == meaning;
}

Spoken VoiceWords::what_was_said(std::string_view text, std::string_view language) const {
    const std::string words = bare(text);
    Spoken said = Spoken::neither;
    for (const auto& [name, known] : languages_) {
        if (!language.empty() && name != primary(language)) continue;
        const auto found = known.find(words);
        if (found == known.end()) continue;
        if (said != Spoken::neither && said != found->second) return Spoken::neither;
        said = found->second;
    }
    return said;
}

}  // namespace lifeline::safety
