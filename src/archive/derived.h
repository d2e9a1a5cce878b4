#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contract/event.h"
#include "journal/journal.h"
#include "transcript/fold.h"

namespace lifeline::archive {

// What an archive says of a call beside its events, for people who read it: transcript and
// decisions. Both follow from the events, so whoever checks an archive makes them again.
class Derived {
public:
    explicit Derived(std::string session_id) : session_id_(std::move(session_id)) {}

    void take(const journal::StoredEvent& stored);
    // Their lines, in the order in which they stand.
    std::vector<std::string> lines(std::string_view epoch, std::uint64_t seq) const;

private:
    std::string session_id_;
    contract::EventChecker checker_;
    transcript::Fold said_;
    std::vector<std::string> decisions_;
};

}  // namespace lifeline::archive
