#include "sinks/refusal.h"

#include <fmt/format.h>

namespace lifeline::sinks {

std::string not_named(std::string_view table, std::string_view key) {
    return fmt::format("the sink's table {0} has no entry for {1}: add it, then redrive", table,
                       key);
}

std::optional<std::string> amount_alone(const Charge& charge) {
    if (charge.quantity != 0 || charge.amount == "0" || charge.kind == usage_kind)
        return std::nullopt;
    return fmt::format(
        "this sink counts quantities, and this {} is one of the amount alone ({} nano-{}): book it "
        "there by hand, as a credit note or an invoice item, then discard it here",
        charge.kind, charge.amount, charge.currency);
}

std::optional<std::string> too_many_digits(const Charge& charge, int most) {
    if (digits_of(charge.quantity) <= most) return std::nullopt;
    return fmt::format("a quantity of {} has more than the {} digits that this sink takes",
                       charge.quantity, most);
}

}  // namespace lifeline::sinks
