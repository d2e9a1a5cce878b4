#include "contract/body.h"

#include <gtest/gtest.h>

#include <string>

#include "contract/json.h"
#include "contract/limits.h"
#include "contract/reason.h"

namespace lifeline::contract {
namespace {

namespace f = body::create_session;

TEST(Body, GivesWhatItHolds) {
    const auto body = check_body(BodyType::create_session,
                                 R"( { "channel" : "te\u0078t", "maxDurationMs" : 60000,
        "participants" : [ { "userId" : "usr_2", "role" : "viewer" } ] } )");
    ASSERT_TRUE(body) << body.error().reason << body.error().pointer;
    EXPECT_EQ(body->text(f::channel), "text");
    EXPECT_EQ(body->integer(f::max_duration_ms), 60000);
    EXPECT_FALSE(body->has(f::owner_id));
    EXPECT_EQ(body->raw(f::participants), R"([{"userId":"usr_2","role":"viewer"}])");
    const auto participants = Json::parse(body->raw(f::participants));
    ASSERT_TRUE(participants);
    EXPECT_EQ(participants->items().front().text("userId"), "usr_2");
}

TEST(Body, NothingIsAnEmptyObject) {
    const auto body = check_body(BodyType::create_session, "");
    ASSERT_TRUE(body);
    EXPECT_EQ(body->json(), "{}");
    EXPECT_EQ(check_body(BodyType::add_participant, "").error().reason, reason::missing_field);
}

TEST(Body, Refuses) {
    struct {
        const char* name;
        std::string text;
        std::string_view reason;
        std::string pointer;
    } const cases[] = {
        {"a list", "[]", reason::wrong_type, ""},
        {"no JSON", "{", reason::json_invalid, ""},
        {"two", "{}{}", reason::json_invalid, ""},
        {"an unknown field", R"({"color":"red"})", reason::unknown_field, "/color"},
        {"a field twice", R"({"channel":"text","channel":"text"})", reason::duplicate_key,
         "/channel"},
        {"an unknown word", R"({"channel":"fax"})", reason::unknown_value, "/channel"},
        {"out of range", R"({"maxDurationMs":1})", reason::out_of_range, "/maxDurationMs"},
        {"deep inside", R"({"participants":[{"userId":"a","role":"owner"}]})",
         reason::unknown_value, "/participants/0/role"},
        {"too many fields of one's own",
         [] {
             std::string text = R"({"metadata":{)";
             for (int i = 0; i < 65; ++i) text += "\"k" + std::to_string(i) + "\":1,";
             text.back() = '}';
             return text + "}";
         }(),
         reason::out_of_range, "/metadata"},
        {"too large", std::string(static_cast<std::size_t>(limits::body_bytes_max) + 1, ' '),
         reason::body_too_large, ""},
    };
    for (const auto& given : cases) {
        SCOPED_TRACE(given.name);
        const auto body = check_body(BodyType::create_session, given.text);
        ASSERT_FALSE(body);
        EXPECT_EQ(body.error().reason, given.reason);
        EXPECT_EQ(body.error().pointer, given.pointer);
    }
}

}  // namespace
}  // namespace lifeline::contract
