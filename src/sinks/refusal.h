#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sinks/adapter.h"

// Why a charge can never be sent as it is, in words that say what to do.
namespace lifeline::sinks {

// The configuration of this sink names no such account or item: "customers", "items".
std::string not_named(std::string_view table, std::string_view key);
// Sinks that count quantities cannot take a correction of the amount alone.
std::optional<std::string> amount_alone(const Charge& charge);
std::optional<std::string> too_many_digits(const Charge& charge, int most);

}  // namespace lifeline::sinks
