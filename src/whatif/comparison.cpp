#include "whatif/comparison.h"

namespace lifeline::whatif {

namespace {

using Outcome = call::Ruling::Outcome;

int strictness(Outcome outcome) {
    return outcome == Outcome::allow ? 0 : outcome == Outcome::confirm ? 1 : 2;
}

}  // namespace

std::string_view to_text(Outcome outcome) {
    return outcome == Outcome::allow ? "allow" : outcome == Outcome::confirm ? "confirm" : "deny";
}

std::string_view to_text(Difference difference) {
    switch (difference) {
        case Difference::none:
            return "same";
        case Difference::stricter:
            return "stricter";
        case Difference::looser:
            return "looser";
        case Difference::asks_another:
            return "asks another";
        case Difference::unknown:
            break;
    }
    return "unknown";
}

Difference Comparison::difference() const {
    if (!recorded || !would) return Difference::unknown;
    const int was = strictness(recorded->outcome);
    const int is = strictness(would->outcome);
    if (was != is) return is > was ? Difference::stricter : Difference::looser;
    const bool both_known = !recorded->confirm_by.empty() && !would->confirm_by.empty();
    if (would->outcome == Outcome::confirm && both_known &&
        recorded->confirm_by != would->confirm_by)
        return Difference::asks_another;
    return Difference::none;
}

Totals totals_of(const std::vector<Comparison>& comparisons) {
    Totals totals;
    for (const Comparison& one : comparisons) {
        switch (one.difference()) {
            case Difference::none:
                ++totals.same;
                break;
            case Difference::stricter:
                ++totals.stricter;
                break;
            case Difference::looser:
                ++totals.looser;
                break;
            case Difference::asks_another:
                ++totals.asks_another;
                break;
            case Difference::unknown:
                ++totals.unknown;
                break;
        }
    }
    return totals;
}

}  // namespace lifeline::whatif
