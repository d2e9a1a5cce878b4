#include "app/reload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lifeline::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Reload, NothingNewChangesNothing) {
    Config config;
    const Changes changes = take_changes(config, Config());
    EXPECT_THAT(changes.applied, IsEmpty());
    EXPECT_THAT(changes.needs_restart, IsEmpty());
}

TEST(Reload, WhatMayChangeIsTakenAndTheRestIsNamed) {
    Config config;
    Config next;
    next.origins = {"https://a.example"};
    next.connections = 7;
    next.accepts.per_second = 3;
    next.calls.max_duration = Millis(5'000);
    next.calls.consent.recording_accounts = {"acct_main"};
    next.log_level = log::Level::warn;
    next.trusted_proxies = {"10.0.0.0/8"};
    next.loops = 3;
    next.limits.events_per_second = 5;
    next.changes.burst = 6;
    next.limits.heartbeat = Millis(1'234);
    next.port = 1;
    identity::IssuerConfig issuer;
    issuer.issuer = "https://id.example";
    next.issuers = {issuer};

    const Changes changes = take_changes(config, next);
    EXPECT_THAT(changes.applied, ElementsAre("calls.max_duration_ms", "consent.recording_accounts",
                                             "limits.accepts_per_second", "limits.changes_burst",
                                             "limits.connections", "limits.events_per_second",
                                             "log.level", "origins", "trusted_proxies"));
    EXPECT_TRUE(config.calls.consent.is_made_by("acct_main"));
    EXPECT_THAT(changes.needs_restart, ElementsAre("heartbeat_ms", "listen", "loops", "issuers"));
    EXPECT_EQ(config.connections, 7u);
    EXPECT_EQ(config.limits.events_per_second, 5u);
    EXPECT_EQ(config.changes.burst, 6u);
    EXPECT_NE(config.limits.heartbeat, Millis(1'234));
    EXPECT_EQ(config.port, 8787);
    EXPECT_THAT(config.issuers, IsEmpty());
    const auto again = take_changes(config, next);
    EXPECT_THAT(again.applied, IsEmpty());
    EXPECT_EQ(again.needs_restart, changes.needs_restart) << "as long as it is so";
}

TEST(Reload, APortDoesNotBeginToSpeakTls) {
    Config config;
    Config next;
    next.tls.certificate = "a.pem";
    next.tls.key = "b.pem";
    EXPECT_THAT(take_changes(config, next).needs_restart,
                ElementsAre("tls.certificate", "tls.key"));
    EXPECT_FALSE(config.tls.given());
    config = next;
    next.tls.certificate = "c.pem";
    EXPECT_THAT(take_changes(config, next).applied, ElementsAre("tls.certificate"));
    EXPECT_EQ(config.tls.certificate, "c.pem");
}

TEST(Reload, TheDoorIsAsConfigured) {
    Config config;
    config.trusted_proxies = {"10.0.0.0/8"};
    config.proxy_headers = net::Proxies::Headers::forwarded;
    config.accepts = {.per_second = 3, .burst = 4};
    config.descriptors_reserved = 5;
    const auto door = door_of(config, nullptr);
    EXPECT_TRUE(door.proxies.trusts(*net::IpAddress::parse("10.1.2.3")));
    EXPECT_EQ(door.proxies.headers, net::Proxies::Headers::forwarded);
    EXPECT_EQ(door.accepts.per_second, 3u);
    EXPECT_EQ(door.descriptors_reserved, 5u);
    EXPECT_EQ(door.connections.per_address, config.connections_per_address);
}

}  // namespace
}  // namespace lifeline::app
