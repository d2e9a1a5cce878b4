#include "journal/scrub.h"

#include <fmt/format.h>

namespace lifeline::journal {

Scrub::Scrub(std::vector<Epoch> epochs, const HeadMark& seal)
    : chain_(std::move(epochs)), seal_(seal) {}

Result<bool> Scrub::next(EventReader& reader) {
    if (chain_.position() >= seal_.position) return false;
    const std::uint64_t before = chain_.position();
    auto checked = reader.slice(before, [&](const StoredRow& row) -> Result<bool> {
        if (const auto good = chain_.next(row); !good) return fail(good.error());
        return chain_.position() < seal_.position;
    });
    if (!checked) return fail(checked.error());
    if (chain_.position() == before)
        return fail(Code::corrupt, "journal_corrupt",
                    fmt::format("the row at position {} is missing", before + 1));
    if (chain_.position() < seal_.position) return true;
    if (chain_.position() != seal_.position || chain_.hash() != seal_.hash)
        return fail(Code::corrupt, "journal_differs",
                    fmt::format("the rows up to position {} are not those that were sealed",
                                seal_.position));
    return false;
}

}  // namespace lifeline::journal
