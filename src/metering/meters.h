#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contract/json.h"
#include "metering/meter.h"

namespace lifeline::metering {

// All meters of an instance, as the configuration declares them and billing.meters.activated
// records. In the order of their names.
class Meters {
public:
    // Those of version 1: what every call has, in its base unit, rounded not at all.
    static Meters builtin();
    static Meters none() { return Meters({}); }
    // `meters` of billing.meters.activated, or of the configuration. meter_unknown for a name that
    // stands there twice.
    static Result<Meters> parse(const contract::Json& meters);

    // These, and in place of those of the same name, the others.
    Meters with(const Meters& others) const;

    const Meter* find(std::string_view name) const;
    const std::vector<Meter>& all() const { return meters_; }
    // As an array, canonical.
    std::string json() const;
    // Of that, in hexadecimal.
    const std::string& sha256() const { return sha256_; }

    friend bool operator==(const Meters&, const Meters&) = default;

private:
    explicit Meters(std::vector<Meter> meters);

    std::vector<Meter> meters_;
    std::string sha256_;
};

}  // namespace lifeline::metering
