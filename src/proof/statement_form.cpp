#include "proof/statement_form.h"

#include <memory>
#include <utility>

#include "proof/line.h"

namespace lifeline::proof {

namespace {

// A month's events lie far apart, so most rows between them are left out: what is signed of each
// run is enough.
constexpr std::uint64_t rest_max = 16;

}  // namespace

std::string StatementForm::head(const archive::Head& head) {
    return render(Head{.account_id = plan_.account_id,
                       .month = plan_.month,
                       .closed = plan_.closed,
                       .journal = head});
}

Result<std::string> StatementForm::record(std::string_view stream, const journal::StoredEvent&,
                                          const archive::Record& line) {
    return render(Record{.number = ++records_, .stream = std::string(stream), .event = line});
}

std::vector<std::string> StatementForm::tail(std::string_view) {
    return {statement_line(plan_.statement_json)};
}

std::string StatementForm::end_message(const Digest& digest) const {
    return proof::end_message(digest);
}

archive::Request request_for(billing::ProofPlan plan, WallTime now) {
    auto positions = plan.positions;
    return {.session_id = {},
            .positions = std::move(positions),
            .now = now,
            .rest_max = rest_max,
            .form = std::make_shared<StatementForm>(std::move(plan))};
}

}  // namespace lifeline::proof
