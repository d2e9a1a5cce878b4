#pragma once

#include <string>
#include <string_view>

namespace lifeline::speech {

// A multipart/form-data body (RFC 7578), put together part by part. Names, file names and types are
// ours or were checked: nothing in them is quoted.
class FormData {
public:
    // `boundary` must not occur in any value: take chance for it.
    explicit FormData(std::string boundary) : boundary_(std::move(boundary)) {}

    FormData& field(std::string_view name, std::string_view value);
    FormData& file(std::string_view name, std::string_view file_name, std::string_view media_type,
                   std::string_view bytes);

    std::string content_type() const { return "multipart/form-data; boundary=" + boundary_; }
    // The whole body; nothing can be added after.
    std::string take();

private:
    std::string boundary_;
    std::string body_;
};

}  // namespace lifeline::speech
