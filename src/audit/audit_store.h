#pragma once

#include <string>
#include <utility>
#include <vector>

#include "audit/decision.h"
#include "base/result.h"
#include "journal/view_file.h"

namespace lifeline::audit {

// What a chunk of the journal says about decisions: whose call each is, and the decisions.
struct AuditChange {
    std::vector<std::pair<std::string, std::string>> calls;  // call, account
    std::vector<Decision> decisions;
};

// The tables. Blocks; used by one thread at a time.
class AuditStore {
public:
    static Result<AuditStore> open(const std::string& path, const journal::ViewSource& source);

    Result<std::uint64_t> cursor() { return view_.cursor(); }
    Status apply(const AuditChange& change, std::uint64_t cursor);
    Result<std::vector<Decision>> list(const DecisionQuery& query);

private:
    explicit AuditStore(journal::ViewFile view) : view_(std::move(view)) {}

    journal::ViewFile view_;
};

}  // namespace lifeline::audit
