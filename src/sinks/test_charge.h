#pragma once

#include <string>

#include "sinks/charge.h"

namespace lifeline::sinks {

inline WallTime at(std::string_view rfc3339) {
    return *parse_rfc3339(rfc3339);
}

// 312 s of one account in one hour, recorded twelve minutes after it ended.
inline Charge usage_charge(std::string id = "bu_7k2m") {
    return {.id = std::move(id),
            .account = "acct_01JKQ8S0",
            .meter = "call.duration_ms",
            .item = "minutes",
            .kind = "usage",
            .window = "2026-02-16T10:00Z",
            .time = at("2026-02-16T10:00:00.000Z"),
            .quantity = 312'000,
            .amount = "104000000",
            .currency = "EUR",
            .card = "standard",
            .card_version = 3,
            .corrects = {},
            .recorded = at("2026-02-16T11:12:00.000Z")};
}

// A minute of it too much.
inline Charge correction() {
    Charge charge = usage_charge("ba_9x4p");
    charge.kind = "over";
    charge.quantity = -60'000;
    charge.amount = "-20000000";
    charge.corrects = "bu_7k2m";
    charge.recorded = at("2026-02-17T09:30:00.250Z");
    return charge;
}

}  // namespace lifeline::sinks
