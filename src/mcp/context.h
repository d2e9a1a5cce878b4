#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "call/state.h"
#include "contract/event.h"

namespace lifeline::mcp {

// What the events of a call say that its state does not hold: the mode that is active, and the
// documents with their newest revisions.
class Recent {
public:
    struct Document {
        std::string id;
        std::string kind;
        std::int64_t rev = 0;
    };

    void take(const contract::Event& event);

    const std::string& mode() const { return mode_; }
    const std::vector<Document>& documents() const { return documents_; }
    // The only document of this kind; empty when there is none, or more than one.
    std::string only_document(std::string_view kind) const;

private:
    std::string mode_;
    std::vector<Document> documents_;
};

// The answer of get_context, but for what Recent knows, which is written at the end.
std::string context_json(const call::State& state, std::uint64_t seq);
std::string with_recent(std::string context_json, const Recent& recent);

}  // namespace lifeline::mcp
