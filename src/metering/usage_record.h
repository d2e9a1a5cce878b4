#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/signature.h"
#include "base/window.h"
#include "contract/json.h"
#include "metering/evidence.h"
#include "metering/meter.h"

namespace lifeline::metering {

// What tells the kinds of one meter apart: model, direction, action type, outcome, speaker.
using Dims = std::map<std::string, std::string, std::less<>>;

// Of which call a record is.
struct CallName {
    std::string session_id;
    std::string account_id;
};

// What is added up together: one meter of a call, of one participant and one kind.
struct UsageKey {
    std::string meter;
    std::string participant = {};  // Empty for the whole call.
    Dims dims = {};

    friend auto operator<=>(const UsageKey&, const UsageKey&) = default;
};

// One usage record before it is signed (schema billing.usage.measured): what a call used of one
// meter in one hour, or in one fact.
struct UsageRecord {
    enum class Class : std::uint8_t { measured, imported, corrected };

    std::string id;
    UsageKey key;
    Window window;
    WallTime from;
    WallTime to;
    std::optional<std::int64_t> raw = {};       // Nothing: not known.
    std::optional<std::int64_t> quantity = {};  // What is charged.
    std::int64_t cumulative = 0;
    Class cls = Class::measured;
    bool needs_reconciliation = false;
    std::string end_cause = {};
    Evidence evidence = {};
    std::string action_id = {};
    std::string report_id = {};
    std::string corrects = {};
};

// As an object of JSON.
std::string dims_json(const Dims& dims);

// Derived from the fact and nothing else: account, call, participant, meter, its version, its kind,
// and the hour (for what is added up) or the fact's own id. The same fact always has the same id.
std::string record_id(const CallName& call, const UsageKey& key, std::int64_t meter_version,
                      std::string_view fact);

// As canonical JSON, without keyId and signature.
std::string record_json(const CallName& call, const UsageRecord& record, const Meter& meter);

// The payload of billing.usage.measured: that JSON with keyId and signature.
std::string sign_record(std::string_view record_json, std::string_view key_id,
                        const SigningKey& key);

// record_altered when these are not the bytes that were signed with this key.
Status verify_record(const contract::Json& payload, const VerifyKey& key);

}  // namespace lifeline::metering
