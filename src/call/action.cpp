#include "call/action.h"

#include <array>

namespace lifeline::call {

std::string_view to_text(ActionState state) {
    constexpr std::array<std::string_view, 8> names = {
        "accepted", "evaluating", "awaiting_confirmation", "approved", "started", "retrying",
        "unknown",  "over"};
    return names.at(static_cast<std::size_t>(state));
}

std::string_view to_text(Confirmer confirmer) {
    switch (confirmer) {
        case Confirmer::owner:
            return "owner";
        case Confirmer::user:
            return "user";
        case Confirmer::operator_:
            return "operator";
    }
    return "owner";
}

std::optional<Confirmer> confirmer_from(std::string_view text) {
    for (const Confirmer one : {Confirmer::owner, Confirmer::user, Confirmer::operator_})
        if (text == to_text(one)) return one;
    return std::nullopt;
}

}  // namespace lifeline::call
