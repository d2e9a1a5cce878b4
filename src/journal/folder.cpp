#include "journal/folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "base/digest.h"
#include "journal/encoding.h"
#include "sql/file.h"

namespace lifeline::journal {

namespace {

constexpr std::string_view key_tag = "LLJKEY1\n";
constexpr std::size_t key_bytes = 32;

Error from_system(const std::string& doing) {
    return {Code::unavailable, "storage_failed", doing + ": " + std::strerror(errno)};
}

}  // namespace

Result<FolderLock> FolderLock::take(const Folder& folder) {
    if (!folder.vfs.empty()) return FolderLock(-1);
    std::error_code error;
    if (std::filesystem::create_directories(folder.path, error) && !error)
        ::chmod(folder.path.c_str(), S_IRWXU);  // What people say is in it.
    const std::string path = folder.path + "/lock";
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor < 0) return fail(from_system("open " + path));
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        const bool taken = errno == EWOULDBLOCK;
        const Error why = from_system("lock " + path);
        ::close(descriptor);
        if (!taken) return fail(why);
        return fail(Code::conflict, "folder_in_use",
                    folder.path + " is in use by another process; stop it first");
    }
    return FolderLock(descriptor);
}

FolderLock::~FolderLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

FolderLock::FolderLock(FolderLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

// Written beside and then renamed: a start that is cut short leaves a whole key or none.
Result<FolderKey> FolderKey::create(const Folder& folder, Random& random) {
    const FolderKey key(random.bytes<key_bytes>());
    const std::string beside = folder.key() + ".new";
    auto file = sql::File::open(beside, folder.vfs);
    if (!file) return fail(file.error());
    if (folder.vfs.empty()) ::chmod(beside.c_str(), S_IRUSR | S_IWUSR);
    auto written = file->write(0, std::string(key_tag) + std::string(view(key.secret_)));
    if (written) written = file->sync();
    if (written) written = file->move_to(folder.key());
    if (!written) return fail(written.error());
    return key;
}

Result<FolderKey> FolderKey::open(const Folder& folder) {
    const auto file = sql::File::open_existing(folder.key(), folder.vfs);
    if (!file) return fail(file.error());
    std::string text(key_tag.size() + key_bytes, '\0');
    const auto read = file->read(0, text);
    if (!read && read.error().code != Code::corrupt) return fail(read.error());
    if (!read || !text.starts_with(key_tag))
        return fail(Code::corrupt, "journal_key_invalid", folder.key() + " is not a journal's key");
    return FolderKey(get_at<std::array<std::uint8_t, key_bytes>>(text, key_tag.size()));
}

std::array<std::uint8_t, 32> FolderKey::derive(std::string_view purpose) const {
    return hmac_sha256(view(secret_), purpose);
}

}  // namespace lifeline::journal
