#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"

namespace lifeline::sinks {

// A file of JSON lines, each with an `id` of its own. It is read once, and again when somebody
// else has changed it; what a crash left of a last line is cut off, since nobody was told of it.
// Blocks: for one worker. Only its owner may read the file, and two processes cannot write it.
class JsonlFile {
public:
    enum class Outcome : std::uint8_t { added, present, other };
    static std::string_view word(Outcome outcome);

    explicit JsonlFile(std::string path) : path_(std::move(path)) {}

    // Each line without its line feed. What is not there is added, all of it durably, or nothing is
    // said to be.
    Result<std::vector<Outcome>> append(std::span<const std::string_view> lines);

private:
    struct Place {
        std::uint64_t offset = 0;
        std::uint64_t bytes = 0;
    };
    class Descriptor;

    Status read(const Descriptor& file);
    Status index(std::string_view line, std::uint64_t offset);
    Result<Outcome> compare(const Descriptor& file, const Place& place,
                            std::string_view line) const;
    Status write(const Descriptor& file, std::string_view bytes);

    std::string path_;
    std::unordered_map<std::string, Place> places_;
    std::uint64_t lines_ = 0;
    // The file that places_ is of, as it was left.
    dev_t device_ = 0;
    ino_t inode_ = 0;
    std::uint64_t size_ = 0;
};

}  // namespace lifeline::sinks
