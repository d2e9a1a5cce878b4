#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "base/digest.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"

namespace lifeline::identity {

using KeyBytes = Digest;  // Every key we keep is 32 bytes.

// A folder of key files, each a line of text with a checksum. Whoever could read or replace a key
// is this process's user only: links, other owners and wider permissions are refused, and every
// refusal says what to do. Owns the folder's descriptor, so that what was checked is what is used.
class KeyFolder {
public:
    enum class Missing { refuse, create };
    static Result<KeyFolder> open(const std::filesystem::path& path, Missing missing);
    ~KeyFolder();
    KeyFolder(KeyFolder&& other) noexcept;
    KeyFolder& operator=(KeyFolder&&) = delete;

    // Nothing when there is no such file.
    Result<std::optional<Secret<KeyBytes>>> read(std::string_view name) const;
    // Writes a new key of `random` and gives what is in the file afterwards: another process's key
    // where that was faster. After this returns the file survives a power cut.
    Result<Secret<KeyBytes>> create(std::string_view name, Random& random) const;

private:
    KeyFolder(std::filesystem::path path, int descriptor)
        : path_(std::move(path)), descriptor_(descriptor) {}

    std::filesystem::path path_;
    int descriptor_;
};

}  // namespace lifeline::identity
