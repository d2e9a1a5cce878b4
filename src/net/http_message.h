#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/url.h"

namespace lifeline::net {

struct Header {
    std::string name;
    std::string value;
};
using Headers = std::vector<Header>;

// The first one of that name, whatever its case. Null when there is none.
const std::string* find_header(const Headers& headers, std::string_view name);
// Whether a comma-separated header (Connection, Upgrade) names this token, whatever its case.
bool header_has_token(const Headers& headers, std::string_view name, std::string_view token);
bool equal_ignoring_case(std::string_view left, std::string_view right);

// "Name: value" and a line end. What would break the line is a space: a line break in a value would
// begin a header of its own.
void append_header_line(std::string& out, std::string_view name, std::string_view value);

// A whole request as it came in, checked: one Host, no contradicting lengths, a target of known
// form.
struct Request {
    std::string method;  // "GET"; upper case as sent.
    Target target;
    Headers headers;
    std::string body;  // Without its transfer coding.
    std::string id;    // Given by the server; goes into the Request-Id header and the log.

    std::string_view path() const { return target.path; }
    // The first one of that name, decoded.
    const std::string* query(std::string_view name) const { return target.find(name); }
    const std::string* header(std::string_view name) const { return find_header(headers, name); }
};

// Content-Length, Connection, Date and Request-Id are the server's to add.
struct Response {
    unsigned status = 200;
    Headers headers;
    std::string body;

    void set(std::string_view name, std::string value);
};

std::string_view status_phrase(unsigned status);

}  // namespace lifeline::net
