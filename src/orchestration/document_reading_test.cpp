#include "orchestration/document_reading.h"

#include <gtest/gtest.h>

#include "contract/json.h"
#include "contract/json_pointer.h"

namespace lifeline::orchestration {
namespace {

using contract::Json;

DocumentSeen cv(std::string content) {
    return {.id = "doc_1",
            .kind = "cv",
            .title = "My CV",
            .rev = 4,
            .content_json = std::move(content)};
}

TEST(DocumentReading, IsAllOfItOrWhatIsAtAPath) {
    struct Case {
        const char* path;
        const char* then;  // What comes after the head; "" for nothing.
    };
    const Case cases[] = {
        {"", R"("content":{"jobs":["a",{"at":"b"}],"name":"Ada"}})"},
        {"/jobs", R"("path":"/jobs","content":["a",{"at":"b"}]})"},
        {"/jobs/1/at", R"("path":"/jobs/1/at","content":"b"})"},
        {"/jobs/2", ""},
        {"jobs", ""},
    };
    const std::string head = R"({"documentId":"doc_1","kind":"cv","title":"My CV","rev":4,)";
    for (const auto& [path, then] : cases) {
        SCOPED_TRACE(path);
        const auto read = reading_of(cv(R"({"name":"Ada","jobs":["a",{"at":"b"}]})"), path);
        EXPECT_EQ(read.value_or(""), *then != '\0' ? head + then : "");
    }
}

TEST(DocumentReading, OfWhatIsTooLargeTheRestIsFoundByItsPath) {
    const std::string long_text(20'000, 'x');
    const auto read = reading_of(
        cv(R"({"a/b":")" + long_text + R"(","jobs":["a"],"z":")" + long_text + R"("})"), "");
    ASSERT_TRUE(read);
    const auto json = Json::parse(*read);
    EXPECT_EQ(json->find("truncated")->as_bool(), true);
    EXPECT_EQ(json->find("content")->members().size(), 1U) << "jobs";
    const auto omitted = json->find("omitted")->items();
    ASSERT_EQ(omitted.size(), 2U);
    EXPECT_EQ(omitted[0].text("path"), "/a~1b");
    EXPECT_EQ(omitted[0].find("bytes")->as_integer(), 20'002);
    EXPECT_EQ(omitted[1].text("path"), "/z");
}

TEST(DocumentReading, IsNeverLargerThanAResultMayBe) {
    std::string items;
    for (int i = 0; i < 5000; ++i) items += (i == 0 ? "\"" : ",\"") + std::string(40, 'y') + "\"";
    std::string keys;
    for (int i = 0; i < 500; ++i)
        keys += (i == 0 ? "\"" : ",\"") + std::to_string(i) + std::string(400, 'k') + "\":1";
    const std::string contents[] = {"{\"a\":[" + items + "]}", "{" + keys + "}",
                                    "{\"a\":\"" + std::string(60'000, 'z') + "\"}"};
    for (const std::string& content : contents)
        for (const char* path : {"", "/a"}) {
            const auto read = reading_of(cv(content), path);
            if (!read) continue;  // No such member in the second.
            EXPECT_LE(read->size(), result_bytes_max);
            const auto json = Json::parse(*read);
            ASSERT_TRUE(json);
            EXPECT_EQ(json->find("truncated")->as_bool(), true);
            EXPECT_EQ(json->find("rev")->as_integer(), 4);
        }
}

}  // namespace
}  // namespace lifeline::orchestration
