#include "app/listing.h"

#include <gtest/gtest.h>

namespace lifeline::app {
namespace {

TEST(Listing, ShowsTextsAndNumbersOfWhatAServerSays) {
    const auto sink = contract::Json::parse(
        R"({"name":"stripe","waiting":3,"parked":0,"message":"","counts":{"a":1}})");
    ASSERT_TRUE(sink);
    Listing table({{"SINK", "name"},
                   {"WAITING", "waiting"},
                   {"PARKED", "parked"},
                   {"MESSAGE", "message"},
                   {"COUNTS", "counts"}});
    table.row_of(*sink);
    EXPECT_EQ(table.table(),
              "SINK    WAITING  PARKED  MESSAGE  COUNTS\n"
              "stripe  3        0       -        -\n");
    EXPECT_EQ(table.object_json(), R"({"name":"stripe","waiting":3,"parked":0})")
        << "a number is one for programs, too";
}

}  // namespace
}  // namespace lifeline::app
