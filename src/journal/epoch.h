#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "journal/chain.h"

namespace lifeline::journal {

// Why a history has the name it has.
enum class EpochCause : std::uint8_t {
    created = 0,
    restored = 1,       // From a backup, into a folder that may have known more.
    accepted_loss = 2,  // Somebody decided to go on without what is missing.
};

// How far a history is known to have come.
struct HeadMark {
    EpochId epoch{};
    std::uint64_t position = 0;
    Digest hash{};

    friend bool operator==(const HeadMark&, const HeadMark&) = default;
};

// A history's name, from `first_position` on, until a restore or an accepted loss gives it another:
// then cursors of the old one mean nothing any more. The id is a digest of all the rest (with a
// random part), and every row's hash covers it, so what was lost cannot be rewritten either.
struct Epoch {
    EpochCause cause = EpochCause::created;
    std::uint64_t first_position = 1;
    WallTime at;
    Salt random{};
    HeadMark lost{};  // How far the history before it had come; nothing for `created`.

    EpochId id() const;
    std::string encode() const;
    static Result<Epoch> decode(std::string_view bytes);

    friend bool operator==(const Epoch&, const Epoch&) = default;
};

std::string_view to_text(EpochCause cause);
// As clients see it.
std::string epoch_text(const EpochId& id);

// The epoch that a row beginning here belongs to: the last that begins at or before it.
const Epoch& epoch_of(const std::vector<Epoch>& epochs, std::uint64_t position);

}  // namespace lifeline::journal
