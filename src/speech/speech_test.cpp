#include <gtest/gtest.h>

#include "speech/form_data.h"
#include "speech/recording.h"

namespace lifeline::speech {
namespace {

TEST(Recording, IsWhatBrowsersRecord) {
    struct Case {
        std::string_view content_type;
        std::string_view extension;  // Empty: refused.
    };
    const Case cases[] = {
        {"audio/webm;codecs=opus", "webm"},
        {"Audio/WebM ; codecs=opus", "webm"},
        {"audio/mp4", "m4a"},
        {"audio/ogg", "ogg"},
        {"audio/wav", "wav"},
        {"video/webm", "webm"},
        {"application/json", ""},
        {"audio/", ""},
        {"", ""},
        {"audio/webm\"", ""},
    };
    for (const auto& [content_type, extension] : cases) {
        SCOPED_TRACE(content_type);
        const auto format = format_of(content_type);
        EXPECT_EQ(format ? format->extension : "", extension);
    }
}

TEST(FormData, IsTheFormOfTheStandard) {
    FormData form("b0");
    form.field("model", "m-1").file("file", "speech.webm", "audio/webm", std::string("\0\r\n", 3));
    EXPECT_EQ(form.content_type(), "multipart/form-data; boundary=b0");
    EXPECT_EQ(form.take(),
              "--b0\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm-1\r\n"
              "--b0\r\nContent-Disposition: form-data; name=\"file\"; filename=\"speech.webm\"\r\n"
              "Content-Type: audio/webm\r\n\r\n" +
                  std::string("\0\r\n", 3) + "\r\n--b0--\r\n");
}

}  // namespace
}  // namespace lifeline::speech
