#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"

namespace lifeline::sql {

// A plain file on the same disk as the databases: through SQLite's own file layer, so that a test
// disk that tears and loses writes has this file too. Errors as in database.h.
class File {
public:
    // Made when it is not there; its name is durable after the first sync.
    static Result<File> open(const std::string& path, const std::string& vfs = {});
    static Result<File> open_existing(const std::string& path, const std::string& vfs = {});

    Result<std::uint64_t> size() const;
    // All of `into`, or an error: a file that ends before is corrupt.
    Status read(std::uint64_t offset, std::span<char> into) const;
    Status write(std::uint64_t offset, std::string_view bytes);
    // What was written is on the disk when this returns (fdatasync).
    Status sync();
    // Gives the file another name, in the place of what had it, at once and durably. Sync what was
    // written before, so that nobody ever finds a part of it under that name.
    Status move_to(const std::string& path);

    File(File&&) noexcept;
    File& operator=(File&&) noexcept;
    ~File();

private:
    struct State;
    explicit File(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// Whether there is such a file.
Result<bool> file_exists(const std::string& path, const std::string& vfs = {});
// New, changed and removed names in a folder of the system are on the disk when this returns.
Status sync_folder(const std::string& path);
Status remove_file(const std::string& path, const std::string& vfs = {});

}  // namespace lifeline::sql
