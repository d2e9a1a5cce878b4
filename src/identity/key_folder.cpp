#include "identity/key_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "base/text.h"

namespace lifeline::identity {

namespace {

constexpr std::size_t key_file_bytes_max = 256;

// A file descriptor that closes itself.
class Descriptor {
public:
    explicit Descriptor(int value) : value_(value) {}
    ~Descriptor() {
        if (value_ >= 0) ::close(value_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return value_; }
    bool open() const { return value_ >= 0; }

private:
    int value_;
};

std::unexpected<Error> system_failure(std::string_view doing, const std::filesystem::path& path) {
    return fail(Code::unavailable, "keys_unreadable",
                fmt::format("{} {}: {}", doing, path.string(), std::strerror(errno)));
}

std::unexpected<Error> damaged(const std::filesystem::path& path, std::string_view what) {
    return fail(Code::corrupt, "keys_corrupt",
                fmt::format("{} {}; restore it from a backup", path.string(), what));
}

// A key that somebody else could read or replace is no secret.
Status check_private(const struct stat& status, const std::filesystem::path& path, mode_t wanted) {
    if (status.st_uid != ::geteuid())
        return fail(Code::not_allowed, "keys_exposed",
                    fmt::format("{} belongs to user {}, this process runs as {}; run it as the "
                                "owner or change the owner",
                                path.string(), status.st_uid, ::geteuid()));
    if ((status.st_mode & 07777 & ~wanted) != 0)
        return fail(Code::not_allowed, "keys_exposed",
                    fmt::format("{} has mode {:04o}, which lets others in; chmod {:04o} it, and "
                                "consider its keys known to whoever could read them",
                                path.string(), status.st_mode & 07777, wanted));
    return {};
}

// The checksum tells a damaged file from a wrong token; it guards against accidents, not people.
std::string checksum(std::string_view name, std::string_view bytes) {
    Sha256 hasher;
    const Digest digest = hasher.of({"lifeline key file v1 ", name, " ", bytes});
    return to_hex(std::span(digest).first(8));
}

std::string encode(std::string_view name, std::string_view bytes) {
    return fmt::format("lifeline-key v1 {} {} {}\n", name, to_base64url(bytes),
                       checksum(name, bytes));
}

Result<Secret<KeyBytes>> decode(std::string_view name, std::string_view text,
                                const std::filesystem::path& path) {
    const std::string head = fmt::format("lifeline-key v1 {} ", name);
    if (!text.starts_with(head)) return damaged(path, "is no key file of this kind");
    constexpr std::size_t encoded_bytes = 43;  // 32 bytes in base64url.
    const auto bytes = from_base64url(text.substr(head.size()).substr(0, encoded_bytes));
    if (!bytes || bytes->size() != KeyBytes{}.size()) return damaged(path, "is not whole");
    // Written again it must be the same: that checks the checksum and everything around it.
    if (encode(name, *bytes) != text) return damaged(path, "does not match its checksum");
    KeyBytes key;
    std::memcpy(key.data(), bytes->data(), key.size());
    return Secret(key);
}

Status write_all(int descriptor, std::string_view text, const std::filesystem::path& path) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return system_failure("cannot write", path);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(descriptor) != 0) return system_failure("cannot sync", path);
    return {};
}

Status make_folder(const std::filesystem::path& path) {
    if (::mkdir(path.c_str(), 0700) != 0) {
        if (errno == EEXIST) return {};
        return system_failure("cannot make the folder", path);
    }
    const auto parent = path.parent_path();
    const Descriptor above(::open(parent.empty() ? "." : parent.c_str(), O_DIRECTORY | O_CLOEXEC));
    if (!above.open() || ::fsync(above.get()) != 0) return system_failure("cannot sync", parent);
    return {};
}

}  // namespace

Result<KeyFolder> KeyFolder::open(const std::filesystem::path& path, Missing missing) {
    if (missing == Missing::create) {
        if (auto made = make_folder(path); !made) return fail(made.error());
    }
    const int descriptor = ::open(path.c_str(), O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor < 0) {
        if (errno == ENOENT)
            return fail(Code::not_found, "keys_missing",
                        fmt::format("there is no {}; the first `serve` makes it", path.string()));
        return system_failure("cannot open the folder", path);
    }
    KeyFolder folder(path, descriptor);
    struct stat status{};
    if (::fstat(descriptor, &status) != 0) return system_failure("cannot look at", path);
    if (auto allowed = check_private(status, path, 0700); !allowed) return fail(allowed.error());
    return folder;
}

KeyFolder::~KeyFolder() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

KeyFolder::KeyFolder(KeyFolder&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

Result<std::optional<Secret<KeyBytes>>> KeyFolder::read(std::string_view name) const {
    const auto path = path_ / name;
    const Descriptor file(::openat(descriptor_, std::string(name).c_str(),
                                   O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file.open()) {
        if (errno == ENOENT) return std::nullopt;
        return system_failure("cannot open", path);
    }
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) return system_failure("cannot look at", path);
    if (!S_ISREG(status.st_mode)) return damaged(path, "is no file");
    if (auto allowed = check_private(status, path, 0600); !allowed) return fail(allowed.error());

    std::string text(key_file_bytes_max, '\0');
    const ssize_t size = ::pread(file.get(), text.data(), text.size(), 0);
    if (size < 0) return system_failure("cannot read", path);
    text.resize(static_cast<std::size_t>(size));
    auto key = decode(name, text, path);
    if (!key) return fail(key.error());
    return *std::move(key);
}

Result<Secret<KeyBytes>> KeyFolder::create(std::string_view name, Random& random) const {
    const auto path = path_ / name;
    // Written aside and then linked, so that the name never stands for half a key, and an existing
    // key is never replaced.
    const std::string aside = fmt::format("{}.{}.new", name, to_hex(random.bytes<8>()));
    {
        const Descriptor file(::openat(descriptor_, aside.c_str(),
                                       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
        if (!file.open()) return system_failure("cannot make", path);
        const KeyBytes key = random.bytes<KeyBytes{}.size()>();
        if (auto written = write_all(file.get(), encode(name, view(key)), path); !written) {
            ::unlinkat(descriptor_, aside.c_str(), 0);
            return fail(written.error());
        }
    }
    const bool linked =
        ::linkat(descriptor_, aside.c_str(), descriptor_, std::string(name).c_str(), 0) == 0;
    const int link_error = errno;
    ::unlinkat(descriptor_, aside.c_str(), 0);
    errno = link_error;
    if (!linked && errno != EEXIST) return system_failure("cannot make", path);
    if (::fsync(descriptor_) != 0) return system_failure("cannot sync", path_);

    auto stored = read(name);
    if (!stored) return fail(stored.error());
    if (!*stored) return damaged(path, "vanished while it was made");
    return **std::move(stored);
}

}  // namespace lifeline::identity
