#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "orchestration/outcome.h"

namespace lifeline::orchestration {

// A document as it stands.
struct DocumentSeen {
    std::string id;
    std::string kind;
    std::string title;
    std::uint64_t rev = 0;
    std::string content_json = "{}";
};

// What `document.read` answers: the document and what is at `path` (a JSON pointer; empty: all of
// it), in at most `bytes_max` bytes, of which there are 8 KiB at least. Of what is larger the
// members and items that fit, `"truncated": true`, and `omitted` with the path of each that did not
// and its bytes, so that it can be read by itself; of a text its beginning. Nothing where
// nothing is at the path.
std::optional<std::string> reading_of(const DocumentSeen& seen, std::string_view path,
                                      std::size_t bytes_max = result_bytes_max);

}  // namespace lifeline::orchestration
