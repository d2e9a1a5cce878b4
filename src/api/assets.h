#pragma once

#include <span>
#include <string_view>

namespace lifeline::api {

// A file that is part of the binary: the page, the SDK, generated documents. All views point into
// the program itself and never expire. The table is written by cmake/Embed.cmake at build time.
struct Asset {
    std::string_view path;          // As asked for: "/index.html", "/sdk/v1/lifeline.js".
    std::string_view content_type;  // With its charset where the type has one.
    std::string_view etag;          // SHA-256 of the bytes in hexadecimal, without quotes.
    std::string_view bytes;
};

// All of them, sorted by path.
std::span<const Asset> all_assets();

// The file of exactly this path, or null. "/" is no path here: the caller asks for "/index.html".
const Asset* find_asset(std::string_view path);

}  // namespace lifeline::api
