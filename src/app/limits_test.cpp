// net knows no contract, so its limits are numbers of its own; here they are held against the ones
// that clients are told.
#include <gtest/gtest.h>

#include "contract/limits.h"
#include "net/http_server.h"

namespace lifeline::app {
namespace {

TEST(Limits, OfHttpAreThoseOfTheContract) {
    const net::HttpLimits http;
    EXPECT_EQ(http.target_bytes_max, static_cast<std::size_t>(contract::limits::url_bytes_max));
    EXPECT_EQ(http.head_bytes_max, static_cast<std::size_t>(contract::limits::header_bytes_max));
    EXPECT_EQ(http.head_deadline, Millis{contract::limits::handshake_ms});
    EXPECT_GE(http.body_bytes_max, static_cast<std::size_t>(contract::limits::body_bytes_max))
        << "or a body that the contract allows is refused before it is looked at";
}

}  // namespace
}  // namespace lifeline::app
