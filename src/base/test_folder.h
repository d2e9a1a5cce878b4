#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

#include "base/check.h"

namespace lifeline {

// A folder of one test's own: empty at first, and gone with it.
class TestFolder {
public:
    TestFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "lifeline_XXXXXX").string();
        CHECK(::mkdtemp(name.data()) != nullptr);
        path_ = std::move(name);
    }
    ~TestFolder() { std::filesystem::remove_all(path_); }
    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;

    void clear() const {
        std::filesystem::remove_all(path_);
        std::filesystem::create_directories(path_);
    }
    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path operator/(const std::filesystem::path& name) const {
        return path_ / name;
    }

private:
    std::filesystem::path path_;
};

}  // namespace lifeline
