#include "outbox/delivery.h"

#include <array>

#include "base/fact_id.h"

namespace lifeline::outbox {

std::string_view to_text(State state) {
    constexpr std::array<std::string_view, 4> words = {"waiting", "delivered", "parked",
                                                       "discarded"};
    return words.at(static_cast<std::size_t>(state));
}

std::string dead_letter_id(std::string_view sink, std::string_view charge_id) {
    return fact_id("dl_", {"dead-letter", sink, charge_id});
}

}  // namespace lifeline::outbox
