#include "metering/key_history.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/digest.h"
#include "base/text.h"
#include "contract/canonical.h"

namespace lifeline::metering {

namespace {

using State = RecordKey::State;

std::optional<State> state_of(std::string_view word) {
    for (const State state : {State::added, State::active, State::retired, State::revoked})
        if (to_text(state) == word) return state;
    return std::nullopt;
}

std::string id_of(const Ed25519PublicKey& key) {
    return to_hex(std::span<const std::uint8_t>(sha256(view(key))).first(8));
}

std::unexpected<Error> refuse(std::uint64_t position, std::string_view what) {
    return fail(Code::corrupt, "record_altered",
                fmt::format("the change of keys at position {} {}", position, what));
}

// Nothing where there is none.
std::optional<std::string> wrong_endorsement(const KeyHistory& history, const contract::Json& json,
                                             const RecordKey& key) {
    const auto by = json.text("endorsedBy");
    if (!by) return std::nullopt;
    const RecordKey* const before = history.find(*by);
    const auto signature = from_base64url(json.text("endorsement").value_or(""));
    if (before == nullptr || before->id == key.id) return "is endorsed by a key that is not known";
    const auto verify = VerifyKey::ed25519(view(before->key));
    if (!verify || !signature || !verify->verify(endorsement_message(key.key), *signature))
        return "is not what the key before it endorsed";
    return std::nullopt;
}

}  // namespace

std::string_view to_text(RecordKey::State state) {
    switch (state) {
        case State::added:
            return "added";
        case State::active:
            return "active";
        case State::retired:
            return "retired";
        case State::revoked:
            return "revoked";
    }
    return "";
}

std::string endorsement_message(const Ed25519PublicKey& key) {
    return "lifeline-key-1\n" + std::string(view(key));
}

Status KeyHistory::take(std::string_view payload, std::uint64_t position, WallTime at) {
    const auto json = contract::Json::parse(payload);
    const auto bytes = json ? from_base64url(json->text("publicKey").value_or("")) : std::nullopt;
    const auto state = json ? state_of(json->text("state").value_or("")) : std::nullopt;
    if (!bytes || bytes->size() != ed25519_key_bytes || !state)
        return refuse(position, "cannot be read");
    if (!changes_.empty() && position <= changes_.back().position)
        return refuse(position, "stands out of its place");
    RecordKey fresh;
    std::ranges::copy(*bytes, fresh.key.begin());
    fresh.id = id_of(fresh.key);
    if (json->text("keyId") != fresh.id) return refuse(position, "names another key's id");
    if (auto wrong = wrong_endorsement(*this, *json, fresh)) return refuse(position, *wrong);
    const bool first = keys_.empty();
    RecordKey* key = known(fresh.id);
    if (key == nullptr) key = &keys_.emplace_back(std::move(fresh));
    if (const auto by = json->text("endorsedBy")) key->endorsed_by = *by;
    const bool gone = key->state == State::retired || key->state == State::revoked;
    if (gone && *state < State::revoked) return refuse(position, "brings back a key that went");
    if (*state == State::active && !key->active_from) key->active_from = first ? 0 : position;
    if (*state >= State::retired && !key->retired_at) key->retired_at = position;
    if (*state == State::revoked) {
        const auto from = json->find("doubtfulFrom");
        const auto number = from ? from->as_integer() : std::nullopt;
        // A second word can only take back more.
        key->doubtful_from =
            std::min(key->doubtful_from.value_or(UINT64_MAX),
                     number && *number > 0 ? static_cast<std::uint64_t>(*number) : position);
    }
    key->state = *state;
    key->since = at;
    changes_.push_back({position, contract::canonical_json(*json)});
    return {};
}

RecordKey* KeyHistory::known(std::string_view id) {
    const auto found = std::ranges::find(keys_, id, &RecordKey::id);
    return found == keys_.end() ? nullptr : &*found;
}

const RecordKey* KeyHistory::find(std::string_view id) const {
    const auto found = std::ranges::find(keys_, id, &RecordKey::id);
    return found == keys_.end() ? nullptr : &*found;
}

// The one that took over last: until the one before it is retired, two may sign, and one does.
const RecordKey* KeyHistory::active() const {
    const RecordKey* last = nullptr;
    for (const RecordKey& key : keys_)
        if (key.state == State::active &&
            (last == nullptr || *key.active_from > *last->active_from))
            last = &key;
    return last;
}

std::optional<std::string> KeyHistory::doubt(std::string_view id, std::uint64_t position) const {
    const RecordKey* const key = find(id);
    if (key == nullptr)
        return fmt::format("is signed by key {}, which is none of the history of keys", id);
    if (!key->active_from || position < *key->active_from)
        return fmt::format("is signed by key {} before that one signed", id);
    if (key->doubtful_from && position >= *key->doubtful_from)
        return fmt::format("is signed by key {}, which proves nothing from position {} on", id,
                           *key->doubtful_from);
    if (key->retired_at && position > *key->retired_at)
        return fmt::format("is signed by key {} after that one was retired", id);
    return std::nullopt;
}

bool KeyHistory::leads_from(const Ed25519PublicKey& known, std::string_view id) const {
    // An endorsement names a key that was there before, so this ends.
    for (const RecordKey* key = find(id); key != nullptr; key = find(key->endorsed_by))
        if (key->key == known) return true;
    return false;
}

}  // namespace lifeline::metering
