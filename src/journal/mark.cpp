#include "journal/mark.h"

#include <string>

#include "base/digest.h"
#include "journal/encoding.h"

namespace lifeline::journal {

namespace {

constexpr std::string_view tag = "LLMARK1\n";
constexpr std::size_t counter_at = 8;
constexpr std::size_t position_at = 16;
constexpr std::size_t hash_at = 24;
constexpr std::size_t epoch_at = 56;
constexpr std::size_t mac_at = 72;
constexpr std::size_t slot_bytes = 104;
constexpr std::uint64_t slot_distance = 4096;  // Never in one sector, never in one page.

std::string encode(const HeadMark& mark, std::uint64_t counter,
                   const std::array<std::uint8_t, 32>& key) {
    std::string slot(tag);
    put(slot, counter);
    put(slot, mark.position);
    slot += view(mark.hash);
    slot += view(mark.epoch);
    slot += view(hmac_sha256(view(key), slot));
    return slot;
}

}  // namespace

MarkFile::MarkFile(sql::File file, const FolderKey& key)
    : file_(std::move(file)), mac_key_(key.derive("journal mark")) {}

Result<MarkFile> MarkFile::create(const Folder& folder, const FolderKey& key,
                                  const HeadMark& mark) {
    auto file = sql::File::open(folder.mark(), folder.vfs);
    if (!file) return fail(file.error());
    MarkFile created(std::move(*file), key);
    // Both slots have their blocks from now on: a full disk cannot come between a commit and its
    // mark, and a write changes no metadata that would have to be synced too.
    if (auto written = created.file_.write(0, std::string(2 * slot_distance, '\0')); !written)
        return fail(written.error());
    for (int slot = 0; slot < 2; ++slot)
        if (auto written = created.write(mark); !written) return fail(written.error());
    return created;
}

Result<MarkFile> MarkFile::open(const Folder& folder, const FolderKey& key) {
    auto file = sql::File::open_existing(folder.mark(), folder.vfs);
    if (!file && file.error().code == Code::not_found)
        return fail(Code::corrupt, "mark_missing", folder.mark() + " is not there");
    if (!file) return fail(file.error());
    MarkFile opened(std::move(*file), key);
    const bool first = opened.read_slot(0);
    const bool second = opened.read_slot(1);
    if (!first && !second)
        return fail(Code::corrupt, "mark_corrupt",
                    folder.mark() + ": neither slot is whole and signed with this folder's key");
    return opened;
}

bool MarkFile::read_slot(std::uint64_t slot) {
    std::string bytes(slot_bytes, '\0');
    if (!file_.read(slot * slot_distance, bytes) || !bytes.starts_with(tag)) return false;
    const std::string_view text = bytes;
    if (!equal_secret(text.substr(mac_at),
                      view(hmac_sha256(view(mac_key_), text.substr(0, mac_at)))))
        return false;
    const auto counter = get_at<std::uint64_t>(text, counter_at);
    if (counter % 2 != slot || counter < counter_) return false;
    counter_ = counter;
    newest_ = {.epoch = get_at<EpochId>(text, epoch_at),
               .position = get_at<std::uint64_t>(text, position_at),
               .hash = get_at<Digest>(text, hash_at)};
    return true;
}

Status MarkFile::write(const HeadMark& mark) {
    const std::uint64_t counter = counter_ + 1;
    const std::uint64_t offset = counter % 2 * slot_distance;
    if (auto written = file_.write(offset, encode(mark, counter, mac_key_)); !written)
        return written;
    if (auto synced = file_.sync(); !synced) return synced;
    counter_ = counter;
    newest_ = mark;
    return {};
}

}  // namespace lifeline::journal
