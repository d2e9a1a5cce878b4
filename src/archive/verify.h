#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "base/signature.h"
#include "journal/heads.h"

// Whether an archive is what the journal had, with nothing but the archive: no journal, no other
// call, no network.
namespace lifeline::archive {

// What whoever checks knows from elsewhere. Without any of it an archive that was written anew, by
// somebody else with a key of their own, is as good as the first.
struct Known {
    std::optional<Ed25519PublicKey> key;
    std::vector<journal::SignedHead> heads;  // As they were published.
};

struct Report {
    std::string session_id;
    std::string epoch;
    WallTime exported_at;
    std::string key_id;
    std::string public_key;  // In hex.
    bool key_known = false;  // It is the one that whoever checks knows.
    std::uint64_t records = 0;
    std::uint64_t erased = 0;  // Of the records.
    std::uint64_t usage = 0;   // Of the records: usage that was measured and signed.
    // Of those that are as they were signed: SHA-256 of the payload, by the record's id.
    std::map<std::string, Digest, std::less<>> usage_digests = {};
    std::uint64_t rows = 0;
    std::uint64_t segments = 0;
    std::uint64_t first_position = 0;
    std::uint64_t last_position = 0;
    std::uint64_t seals = 0;          // That end a segment.
    std::uint64_t heads = 0;          // The same, of signed heads.
    std::uint64_t heads_held = 0;     // Of the known ones: the archive's rows have them.
    std::uint64_t heads_outside = 0;  // Those that none of its rows is at.
    // The first record, row or line that is not as it was written; then heads that differ, and
    // usage records that are not what was signed or rest on what is not there.
    std::vector<Error> problems;

    bool ok() const { return problems.empty(); }
};

// An error (archive_invalid) means that it is no archive; what is wrong with one is in the report.
Result<Report> verify(std::istream& in, const Known& known = {});

}  // namespace lifeline::archive
