#pragma once

#include <cstdint>

#include "archive/derived.h"
#include "archive/form.h"

namespace lifeline::archive {

// One call with its transcript and decisions (docs/journal_format.md).
class CallForm final : public Form {
public:
    explicit CallForm(std::string session_id)
        : session_id_(std::move(session_id)), derived_(session_id_) {}

    std::string head(const Head& head) override;
    Result<std::string> record(std::string_view stream, const journal::StoredEvent& stored,
                               const Record& line) override;
    std::vector<std::string> tail(std::string_view epoch) override;
    std::string end_message(const Digest& digest) const override;

private:
    std::string session_id_;
    Derived derived_;
    std::uint64_t seq_ = 0;
};

}  // namespace lifeline::archive
