#pragma once

#include <string>
#include <string_view>

namespace lifeline::transcript {

// Text of strangers, made harmless to the eye, as the page does it (web/src/words/plain.ts): what
// would turn the writing around, hide in it or come with no shape of its own is shown as what it
// is, `⟨U+202E⟩`. Line ends and tabs stay; CR LF becomes LF. `text` is UTF-8.
std::string plain_text(std::string_view text);

}  // namespace lifeline::transcript
