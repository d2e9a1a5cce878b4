#include "archive/anchors.h"

#include "journal/seals.h"
#include "sql/file.h"

namespace lifeline::archive {

namespace {

std::optional<Anchor> find(const std::multimap<std::uint64_t, Anchor>& anchors,
                           const journal::HeadMark& row) {
    const auto [begin, end] = anchors.equal_range(row.position);
    for (auto one = begin; one != end; ++one)
        if (one->second.signed_head.head == row) return one->second;
    return std::nullopt;
}

}  // namespace

Result<Anchors> Anchors::load(const journal::Folder& folder, const journal::SealKey& key) {
    Anchors anchors;
    const auto folder_key = journal::FolderKey::open(folder);
    if (!folder_key) return fail(folder_key.error());
    const auto file = journal::SealFile::open(folder, *folder_key);
    if (!file) return fail(file.error());
    const auto seals = file->all();
    if (!seals) return fail(seals.error());
    for (const journal::HeadMark& seal : *seals)
        anchors.seals_.emplace(
            seal.position,
            Anchor{.kind = Anchor::Kind::seal,
                   .signed_head = {.head = seal,
                                   .at = {},
                                   .key_id = key.id(),
                                   .signature = key.sign(journal::seal_message(seal))}});
    const auto there = sql::file_exists(journal::heads_path(folder));
    if (!there || !*there) return anchors;  // It can be lost.
    const auto heads = journal::load_heads(journal::heads_path(folder));
    if (!heads) return anchors;
    const VerifyKey verify_key = key.signing().verify_key();
    for (const journal::SignedHead& head : *heads)
        if (head.key_id == key.id() && journal::is_signed_by(head, verify_key))
            anchors.heads_.emplace(head.head.position,
                                   Anchor{.kind = Anchor::Kind::head, .signed_head = head});
    return anchors;
}

std::optional<Anchor> Anchors::of(const journal::HeadMark& row) const {
    if (auto head = find(heads_, row)) return head;
    return find(seals_, row);
}

bool Anchors::published(std::uint64_t after, std::uint64_t until) const {
    const auto next = heads_.upper_bound(after);
    return next != heads_.end() && next->first <= until;
}

}  // namespace lifeline::archive
