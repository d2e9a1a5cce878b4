#pragma once

#include <string>
#include <utility>
#include <vector>

#include "audit/day_counts.h"
#include "audit/decision.h"
#include "base/result.h"
#include "journal/view_file.h"

namespace lifeline::audit {

// What a chunk of the journal says about decisions: whose call each is, and the decisions.
struct AuditChange {
    struct Call {
        std::string id;
        std::string account_id;
        std::string owner_id;
    };
    std::vector<Call> calls;
    std::vector<Decision> decisions;
    std::vector<CountedAction> accepted;  // Whose they are is for the store to fill in.
};

// The tables. Blocks; used by one thread at a time.
class AuditStore {
public:
    static Result<AuditStore> open(const std::string& path, const journal::ViewSource& source);

    Result<std::uint64_t> cursor() { return view_.cursor(); }
    Status settle(journal::Settle how) { return view_.settle(how); }
    // All that is known of this stream: it is about to be read again.
    Status forget(const std::string& stream);
    // Fills in whose call each of `accepted` is of.
    Status apply(AuditChange& change, std::uint64_t cursor);
    // What was accepted on that day and later.
    Result<std::vector<CountedAction>> accepted_since(const std::string& day);
    Result<std::vector<Decision>> list(const DecisionQuery& query);

private:
    static Status count(sql::Database& database, std::vector<CountedAction>& accepted);
    explicit AuditStore(journal::ViewFile view) : view_(std::move(view)) {}

    journal::ViewFile view_;
};

}  // namespace lifeline::audit
