#include "journal/seals.h"

#include <string>

#include "journal/encoding.h"
#include "journal/seal_key.h"

namespace lifeline::journal {

namespace {

constexpr std::string_view tag = "LLSEAL1\n";
constexpr std::size_t position_at = 8;
constexpr std::size_t hash_at = 16;
constexpr std::size_t epoch_at = 48;
constexpr std::size_t signature_at = 64;
constexpr std::size_t seal_bytes = signature_at + ed25519_signature_bytes;

}  // namespace

std::string seal_message(const HeadMark& head) {
    std::string text(tag);
    put(text, head.position);
    text += view(head.hash);
    text += view(head.epoch);
    return text;
}

SealFile::SealFile(Folder folder, SigningKey key)
    : folder_(std::move(folder)), key_(std::move(key)), verify_key_(key_.verify_key()) {}

Result<SealFile> SealFile::open(const Folder& folder, const FolderKey& key) {
    SealFile seals(folder, SealKey(key).signing());
    auto file = sql::File::open_existing(folder.seals(), folder.vfs);
    if (!file && file.error().code == Code::not_found) return seals;
    if (!file) return fail(file.error());
    const auto size = file->size();
    if (!size) return fail(size.error());
    seals.file_.emplace(std::move(*file));
    seals.count_ = *size / seal_bytes;  // The end of a torn one is written over.
    return seals;
}

Result<std::optional<HeadMark>> SealFile::newest(std::uint64_t position) const {
    for (std::uint64_t n = count_; n > 0; --n) {
        auto seal = read(n - 1);
        if (!seal) return fail(seal.error());
        if (*seal && (*seal)->position <= position) return *seal;
    }
    return std::nullopt;
}

Result<std::vector<HeadMark>> SealFile::all() const {
    std::vector<HeadMark> seals;
    for (std::uint64_t n = 0; n < count_; ++n) {
        auto seal = read(n);
        if (!seal) return fail(seal.error());
        if (*seal) seals.push_back(**seal);
    }
    return seals;
}

Result<std::optional<HeadMark>> SealFile::read(std::uint64_t n) const {
    std::string bytes(seal_bytes, '\0');
    if (auto read = file_->read(n * seal_bytes, bytes); !read) return fail(read.error());
    const std::string_view text = bytes;
    if (!text.starts_with(tag) ||
        !verify_key_.verify(text.substr(0, signature_at), text.substr(signature_at)))
        return std::nullopt;
    return HeadMark{.epoch = get_at<EpochId>(text, epoch_at),
                    .position = get_at<std::uint64_t>(text, position_at),
                    .hash = get_at<Digest>(text, hash_at)};
}

Status SealFile::add(const HeadMark& head) {
    if (!file_) {
        auto file = sql::File::open(folder_.seals(), folder_.vfs);
        if (!file) return fail(file.error());
        file_.emplace(std::move(*file));
    }
    std::string seal = seal_message(head);
    seal += view(key_.sign(seal));
    auto written = file_->write(count_ * seal_bytes, seal);
    if (written) ++count_;
    return written;
}

}  // namespace lifeline::journal
