#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/signature.h"
#include "journal/epoch.h"
#include "journal/folder.h"
#include "sql/file.h"

namespace lifeline::journal {

struct SealPolicy {
    std::uint64_t rows = 1'000;  // Between one seal and the next.
    // Checked at every start whatever is sealed: 25 to 50 ms.
    std::uint64_t events_always_checked = 100'000;
};

// What is signed. Ed25519 gives the same signature each time, so a seal can be made again from it.
std::string seal_message(const HeadMark& head);

// Signed checkpoints of the chain, in a file of their own: at this position, the chain had this
// hash. A start trusts what one vouches for and checks only what came after it; what lies before is
// checked again in the background. They are also what an outsider can check a copy of the journal
// against, with the public key alone. A seal that is lost or torn costs only time. Lives on the
// marker's worker.
class SealFile {
public:
    // Changes nothing: the file is made with its first seal.
    static Result<SealFile> open(const Folder& folder, const FolderKey& key);

    // The newest that holds, at or before `position`.
    Result<std::optional<HeadMark>> newest(std::uint64_t position) const;
    // All that hold, in the order in which they were made.
    Result<std::vector<HeadMark>> all() const;
    Status add(const HeadMark& head);

private:
    SealFile(Folder folder, SigningKey key);
    // Nothing where the n-th is torn or signed by somebody else.
    Result<std::optional<HeadMark>> read(std::uint64_t n) const;

    Folder folder_;
    std::optional<sql::File> file_;
    SigningKey key_;
    VerifyKey verify_key_;
    std::uint64_t count_ = 0;
};

}  // namespace lifeline::journal
