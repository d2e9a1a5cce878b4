#include "speech/form_data.h"

#include <fmt/format.h>

#include <utility>

namespace lifeline::speech {

FormData& FormData::field(std::string_view name, std::string_view value) {
    body_ += fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{}\r\n",
                         boundary_, name, value);
    return *this;
}

FormData& FormData::file(std::string_view name, std::string_view file_name,
                         std::string_view media_type, std::string_view bytes) {
    body_ += fmt::format(
        "--{}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\n"
        "Content-Type: {}\r\n\r\n",
        boundary_, name, file_name, media_type);
    body_.append(bytes).append("\r\n");
    return *this;
}

std::string FormData::take() {
    body_ += fmt::format("--{}--\r\n", boundary_);
    return std::move(body_);
}

}  // namespace lifeline::speech
