#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lifeline::contract {

// Where the tokens of a JSON text begin, found by simdjson's first stage, which also checks UTF-8,
// quotes and control characters at several gigabytes a second. The grammar is the walker's part.
// Reused from text to text; one per thread.
//
// A token is a bracket, a colon, a comma, a string with its quotes, or a run of other characters
// that may or may not be a number or a word.
class Tokens {
public:
    Tokens();
    ~Tokens();
    Tokens(const Tokens&) = delete;
    Tokens& operator=(const Tokens&) = delete;

    // `text` must outlive the reading.
    Status index(std::string_view text);

    std::uint32_t count() const { return count_; }
    std::string_view text() const { return text_; }
    // The first character of a token; '\0' beyond the last one.
    char kind(std::uint32_t token) const { return token < count_ ? bytes_[starts_[token]] : '\0'; }
    std::uint32_t begin(std::uint32_t token) const { return starts_[token]; }
    // Where a token ends, spaces not counted. The end of a scalar is where the next token begins.
    std::uint32_t end(std::uint32_t token) const {
        std::uint32_t end = token + 1 < count_ ? starts_[token + 1] : size_;
        while (is_space(bytes_[end - 1])) --end;
        return end;
    }
    std::string_view raw(std::uint32_t token) const {
        return {bytes_ + starts_[token], end(token) - starts_[token]};
    }
    // Whether a token is this name as a key: in quotes, without an escape, a colon behind it.
    bool is_key(std::uint32_t token, std::string_view name) const {
        const std::size_t begin = starts_[token], quote = begin + 1 + name.size();
        return kind(token + 1) == ':' && quote < starts_[token + 1] && bytes_[begin] == '"' &&
               bytes_[quote] == '"' &&
               std::memcmp(bytes_ + begin + 1, name.data(), name.size()) == 0;
    }
    // The token after the value that begins at this one. Only brackets are looked at.
    std::uint32_t skip(std::uint32_t token) const;
    // True when there is space between the tokens of [from, to).
    bool spaced(std::uint32_t from, std::uint32_t to) const;

    // The tokens of [from, to) without the space between them. They must be well-formed JSON.
    void append_minified(std::string& out, std::uint32_t from, std::uint32_t to) const;

private:
    static bool is_space(char c) {
        return c <= ' ' && (c == ' ' || c == '\n' || c == '\t' || c == '\r');
    }

    struct Parser;
    std::unique_ptr<Parser> parser_;
    std::string_view text_;
    const char* bytes_ = nullptr;
    const std::uint32_t* starts_ = nullptr;
    std::uint32_t count_ = 0;
    std::uint32_t size_ = 0;
};

}  // namespace lifeline::contract
