#include "archive/anchors.h"

#include "journal/seals.h"
#include "sql/file.h"

namespace lifeline::archive {

Result<Anchors> Anchors::load(const journal::Folder& folder, const journal::SealKey& key) {
    Anchors anchors(key);
    const auto folder_key = journal::FolderKey::open(folder);
    if (!folder_key) return fail(folder_key.error());
    const auto file = journal::SealFile::open(folder, *folder_key);
    if (!file) return fail(file.error());
    const auto seals = file->all();
    if (!seals) return fail(seals.error());
    for (const journal::HeadMark& seal : *seals) anchors.seals_.emplace(seal.position, seal);
    const auto there = sql::file_exists(journal::heads_path(folder));
    if (!there || !*there) return anchors;  // It can be lost.
    const auto heads = journal::load_heads(journal::heads_path(folder));
    if (!heads) return anchors;
    for (const journal::SignedHead& head : *heads)
        if (head.key_id == key.id()) anchors.heads_.emplace(head.head.position, head);
    return anchors;
}

std::optional<Anchor> Anchors::of(const journal::HeadMark& row) const {
    const auto [first_head, last_head] = heads_.equal_range(row.position);
    for (auto one = first_head; one != last_head; ++one)
        if (one->second.head == row &&
            journal::is_signed_by(one->second, key_.signing().verify_key()))
            return Anchor{.kind = Anchor::Kind::head, .signed_head = one->second};
    const auto [first_seal, last_seal] = seals_.equal_range(row.position);
    for (auto one = first_seal; one != last_seal; ++one)
        if (one->second == row)
            return Anchor{.kind = Anchor::Kind::seal,
                          .signed_head = {.head = row,
                                          .at = {},
                                          .key_id = key_.id(),
                                          .signature = key_.sign(journal::seal_message(row))}};
    return std::nullopt;
}

bool Anchors::published(std::uint64_t after, std::uint64_t until) const {
    const auto next = heads_.upper_bound(after);
    return next != heads_.end() && next->first <= until;
}

}  // namespace lifeline::archive
