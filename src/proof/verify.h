#pragma once

#include <cstdint>
#include <iosfwd>
#include <span>
#include <string>
#include <vector>

#include "archive/verify.h"
#include "base/result.h"

// Whether a statement follows from the usage records and cards in its proof, and those stand in the
// journal, with nothing but the file. With archives of its calls, whether the records rest on what
// was said and done there, too.
namespace lifeline::proof {

struct Report {
    std::string account_id;
    std::string period;
    std::string currency;
    std::string total;    // In units of the currency, as the statement has it.
    bool closed = false;  // Nothing of it changes any more.
    std::uint64_t cards = 0;
    std::uint64_t charges = 0;
    std::uint64_t adjustments = 0;
    std::uint64_t costs = 0;            // Charges that say what they cost us.
    std::uint64_t costs_unchecked = 0;  // Of those: the card is not in the file.
    std::uint64_t by_hand = 0;   // Of those: what a person decided, and follows from no usage.
    std::uint64_t usage = 0;     // Records that are as they were signed.
    std::uint64_t evidence = 0;  // Of those: found in an archive, with all they rest on.
    std::uint64_t archives = 0;
    archive::Report journal = {};  // Rows, records and what was signed of them.
    // The first line that is not as it was written, or is not what has to stand there; then others
    // that are not either.
    std::vector<Error> problems = {};

    bool ok() const { return problems.empty(); }
};

// An error means that it is no statement's proof (archive_invalid), or that a call's archive is
// given twice and would count twice (query_invalid). `archives` were found whole or not before.
Result<Report> verify(std::istream& in, const archive::Known& known = {},
                      std::span<const archive::Report> archives = {});

}  // namespace lifeline::proof
