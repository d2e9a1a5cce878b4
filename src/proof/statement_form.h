#pragma once

#include <cstdint>

#include "archive/form.h"
#include "archive/writer.h"
#include "billing/proof_plan.h"

namespace lifeline::proof {

// How an archive writes a statement and what it follows from.
class StatementForm final : public archive::Form {
public:
    explicit StatementForm(billing::ProofPlan plan) : plan_(std::move(plan)) {}

    std::string head(const archive::Head& head) override;
    Result<std::string> record(std::string_view stream, const journal::StoredEvent& stored,
                               const archive::Record& line) override;
    std::vector<std::string> tail(std::string_view epoch) override;
    std::string end_message(const Digest& digest) const override;

private:
    billing::ProofPlan plan_;
    std::uint64_t records_ = 0;
};

// What an archive's writer is asked for; the keys are added by whoever knows them.
archive::Request request_for(billing::ProofPlan plan, WallTime now);

}  // namespace lifeline::proof
