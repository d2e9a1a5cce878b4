#include "journal/epoch.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"
#include "journal/encoding.h"

namespace lifeline::journal {

namespace {

constexpr std::size_t encoded_bytes =
    1 + 8 + 8 + sizeof(Salt) + sizeof(EpochId) + 8 + sizeof(Digest);

template <std::size_t N>
std::array<std::uint8_t, N> array_at(std::string_view bytes, std::size_t offset) {
    std::array<std::uint8_t, N> out;
    std::ranges::copy(bytes.substr(offset, N), out.begin());
    return out;
}

}  // namespace

std::string Epoch::encode() const {
    std::string out;
    put(out, static_cast<std::uint8_t>(cause));
    put(out, first_position);
    put(out, static_cast<std::int64_t>(at.time_since_epoch().count()));
    out += view(random);
    out += view(lost.epoch);
    put(out, lost.position);
    out += view(lost.hash);
    return out;
}

Result<Epoch> Epoch::decode(std::string_view bytes) {
    if (bytes.size() != encoded_bytes || get_at<std::uint8_t>(bytes, 0) > 2)
        return fail(Code::corrupt, "journal_corrupt", "an epoch record of no known form");
    Epoch epoch;
    epoch.cause = static_cast<EpochCause>(get_at<std::uint8_t>(bytes, 0));
    epoch.first_position = get_at<std::uint64_t>(bytes, 1);
    epoch.at = WallTime(Millis(get_at<std::int64_t>(bytes, 9)));
    epoch.random = array_at<sizeof(Salt)>(bytes, 17);
    epoch.lost.epoch = array_at<sizeof(EpochId)>(bytes, 33);
    epoch.lost.position = get_at<std::uint64_t>(bytes, 49);
    epoch.lost.hash = array_at<sizeof(Digest)>(bytes, 57);
    return epoch;
}

EpochId Epoch::id() const {
    const Digest digest = sha256("lifeline-epoch-1" + encode());
    EpochId id;
    std::copy_n(digest.begin(), id.size(), id.begin());
    return id;
}

std::string_view to_text(EpochCause cause) {
    switch (cause) {
        case EpochCause::created:
            return "created";
        case EpochCause::restored:
            return "restored";
        case EpochCause::accepted_loss:
            return "accepted_loss";
    }
    return "unknown";
}

std::string epoch_text(const EpochId& id) {
    return to_hex(id);
}

const Epoch& epoch_of(const std::vector<Epoch>& epochs, std::uint64_t position) {
    CHECK(!epochs.empty());
    for (auto epoch = epochs.rbegin(); epoch != epochs.rend(); ++epoch)
        if (epoch->first_position <= position) return *epoch;
    return epochs.front();
}

}  // namespace lifeline::journal
