#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace toml {
inline namespace v3 {
class node;
}
}  // namespace toml

namespace lifeline::app {

// A part of a TOML file as JSON, for rooms that know no TOML. Dates, infinities and what else JSON
// does not have are refused with `config_invalid`, naming the line.
Result<std::string> as_json(const toml::node& node);

// The line of what a JSON pointer leads to in it, or of the nearest thing around that.
std::uint32_t line_at(const toml::node& node, std::string_view pointer);

// A file that is TOML, or JSON when its name ends in .json.
class Document {
public:
    static Result<Document> read(const std::filesystem::path& file);

    const std::string& json() const { return json_; }
    // An error of whoever read the JSON, with the file's name and, where it is TOML, the line.
    Error explained(const Error& error) const;

private:
    std::filesystem::path file_;
    std::string text_;  // TOML; empty for JSON
    std::string json_;
};

// Whole, if it is no larger than that. `config_invalid` names the file.
Result<std::string> read_text_file(const std::filesystem::path& file, std::size_t bytes_max);

}  // namespace lifeline::app
