#pragma once

#include <boost/beast/http/basic_parser.hpp>

#include <cstdint>
#include <string>
#include <string_view>

#include "net/http_message.h"

// Beast, for the parsers' own .cpp files only: it costs every file that includes it two seconds.
namespace lifeline::net {

namespace http = boost::beast::http;
using BeastError = boost::system::error_code;
using BeastView = boost::beast::string_view;

inline std::string_view view(BeastView text) {
    return {text.data(), text.size()};
}

// The shortest end of a chunked body, "0\r\n\r\n". Beast asserts that it never sees less of one
// twice, and since at least so much is always still to come, waiting for it holds up nothing.
inline constexpr std::size_t chunked_end_bytes = 5;

// Beast's syntax without Beast's message: fields are kept as they come, and room for a body is
// taken as it arrives, not as it is announced.
template <bool is_request>
struct BeastParser : http::basic_parser<is_request> {
    std::string method;
    std::string target;
    unsigned status = 0;
    int version = 0;
    Headers headers;
    std::string body;
    bool head_done = false;
    bool has_extension = false;

    using OptionalLength = boost::optional<std::uint64_t>;

    void on_request_impl(http::verb, BeastView sent_method, BeastView sent_target, int sent_version,
                         BeastError&) override {
        method = view(sent_method);
        target = view(sent_target);
        version = sent_version;
    }
    void on_response_impl(int sent_status, BeastView, int sent_version, BeastError&) override {
        status = static_cast<unsigned>(sent_status);
        version = sent_version;
    }
    void on_field_impl(http::field, BeastView name, BeastView value, BeastError&) override {
        if (head_done)
            return;  // A trailer: nobody vouches for it, so it may not pass for a header.
        headers.push_back({std::string(view(name)), std::string(view(value))});
    }
    void on_header_impl(BeastError&) override { head_done = true; }
    void on_body_init_impl(const OptionalLength&, BeastError&) override {}
    std::size_t on_body_impl(BeastView bytes, BeastError&) override {
        body.append(view(bytes));
        return bytes.size();
    }
    void on_chunk_header_impl(std::uint64_t, BeastView extension, BeastError&) override {
        has_extension = has_extension || !extension.empty();
    }
    std::size_t on_chunk_body_impl(std::uint64_t, BeastView bytes, BeastError&) override {
        body.append(view(bytes));
        return bytes.size();
    }
    void on_finish_impl(BeastError&) override {}
};

}  // namespace lifeline::net
