#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/spend.h"
#include "base/result.h"
#include "journal/view_file.h"

namespace lifeline::agent {

// The tables of what model calls have cost, a row for each of the last weeks' records. Blocks; used
// by one thread at a time.
class SpendStore {
public:
    static Result<SpendStore> open(const std::string& path, const journal::ViewSource& source);

    Result<std::uint64_t> cursor() { return view_.cursor(); }
    Status settle(journal::Settle how) { return view_.settle(how); }
    Status apply(const std::vector<Ledger::Record>& records, std::uint64_t cursor);
    // Those of that day (UTC) and later, in no order.
    Result<std::vector<Ledger::Record>> since(WallTime day);

private:
    explicit SpendStore(journal::ViewFile view) : view_(std::move(view)) {}

    journal::ViewFile view_;
};

}  // namespace lifeline::agent
