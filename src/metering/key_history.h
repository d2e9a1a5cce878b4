#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/signature.h"
#include "contract/json.h"

namespace lifeline::metering {

// The instance's stream of system.key.changed.
inline constexpr std::string_view keys_stream = "sys_keys";

// A key that signs usage records, statements and reports, and what became of it.
struct RecordKey {
    enum class State : std::uint8_t { added, active, retired, revoked };

    std::string id;
    Ed25519PublicKey key{};
    State state = State::added;
    WallTime since{};  // Of its state.
    // Positions of the journal.
    std::optional<std::uint64_t> active_from = {};
    std::optional<std::uint64_t> retired_at = {};
    std::optional<std::uint64_t> doubtful_from = {};
    std::string endorsed_by = {};
};
std::string_view to_text(RecordKey::State state);

// What the key before signs of a new one.
std::string endorsement_message(const Ed25519PublicKey& key);

// The keys from the first on: a fold of system.key.changed. The first has signed from the
// journal's beginning on (it is the folder's seal key, from before there were keys of their own);
// each later one from where it became active until it was retired. Both may sign for the moment in
// between, because what the old one signed is still on its way. Pure.
class KeyHistory {
public:
    struct Change {
        std::uint64_t position = 0;
        std::string payload;  // Canonical.
    };

    // record_altered for what no server writes: an id of another key, a false endorsement, a key
    // that signs again after it went.
    Status take(std::string_view payload, std::uint64_t position, WallTime at = {});

    const RecordKey* find(std::string_view id) const;  // Null: none of that id.
    const RecordKey* active() const;                   // The one that signs; null: none.
    // Why a signature of this key at this position proves nothing, in words; nothing: it does.
    std::optional<std::string> doubt(std::string_view id, std::uint64_t position) const;
    // Whether this key, or one before it that leads to it by endorsements, is `known`.
    bool leads_from(const Ed25519PublicKey& known, std::string_view id) const;

    const std::vector<RecordKey>& all() const { return keys_; }
    const std::vector<Change>& changes() const { return changes_; }
    bool empty() const { return keys_.empty(); }

private:
    RecordKey* known(std::string_view id);

    std::vector<RecordKey> keys_;
    std::vector<Change> changes_;
};

}  // namespace lifeline::metering
