#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lifeline::app {

// Where a command writes what can be long: under another name until it is whole, so that nobody
// takes half of it for all. Of an empty path: standard output.
class OutputFile {
public:
    static Result<OutputFile> open(const std::string& path);
    OutputFile(OutputFile&& other) noexcept;
    OutputFile& operator=(OutputFile&&) = delete;
    ~OutputFile();

    Status write(std::string_view bytes);
    Status finish();

private:
    explicit OutputFile(std::string path) : path_(std::move(path)) {}
    std::string unfinished() const { return path_ + ".unfinished"; }

    std::string path_;
    std::FILE* file_ = nullptr;
};

}  // namespace lifeline::app
