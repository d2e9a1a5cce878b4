#include <gtest/gtest.h>

#include <string>

#include "call/test_call.h"

namespace lifeline::call {
namespace {

std::string members(int count, const std::string& value) {
    std::string json;
    for (int i = 0; i < count; ++i)
        json += (i == 0 ? "" : ",") + ('"' + std::string("k") + std::to_string(i)) + "\":" + value;
    return "{" + json + "}";
}

std::string quoted(std::size_t bytes) {
    return '"' + std::string(bytes, 'x') + '"';
}

// What tells kinds apart comes back in a signed record, and in every sum of it.
TEST(ReportedUsage, IsToldApartByFewAndShortWords) {
    const std::pair<std::string, bool> cases[] = {
        {"{}", true},
        {members(8, quoted(256)), true},
        {members(9, quoted(1)), false},
        {members(1, quoted(257)), false},
        {members(1, quoted(64'000)), false},
        {members(32, "1"), true},
        {members(33, "1"), false},
        {"{" + quoted(64) + ":1}", true},
        {"{" + quoted(65) + ":1}", false},
    };
    for (const auto& [dims, fits] : cases) {
        SCOPED_TRACE(dims.substr(0, 80));
        Call call;
        call.running();
        EXPECT_EQ(
            call.publish("billing.usage.reported",
                         R"({"reportId":"use_1","meter":"stt.ms","unit":"ms","quantity":null,)"
                         R"("source":"provider","dims":)" +
                             dims + "}",
                         Role::service, "key_1"),
            fits ? "billing.usage.reported" : "refused out_of_range");
        EXPECT_EQ(call.publish("billing.usage.reconciled",
                               R"({"reportId":"use_1","quantity":"1","source":"provider","dims":)" +
                                   dims + "}",
                               Role::service, "key_1"),
                  fits ? "billing.usage.reconciled" : "refused out_of_range");
    }
}

}  // namespace
}  // namespace lifeline::call
