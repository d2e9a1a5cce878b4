#include "proof/name.h"

#include <fmt/format.h>

#include "contract/json.h"

namespace lifeline::proof {

std::string name_of(std::string_view event_bytes) {
    const auto event = contract::Json::parse(event_bytes);
    const std::string type(event ? event->text("type").value_or("") : "");
    const auto payload = event ? event->find("payload") : std::nullopt;
    const auto said = [&](std::string_view key) {
        return std::string(payload ? payload->text(key).value_or("?") : "?");
    };
    if (type == "billing.usage.measured")
        return fmt::format("usage record {} of {}", said("recordId"), said("window"));
    if (type == "billing.usage.recorded")
        return fmt::format("charge {} of {}, {}", said("idempotencyKey"), said("item"),
                           said("window"));
    if (type == "billing.adjustment.created")
        return fmt::format("adjustment {} of {}, {}", said("adjustmentId"), said("item"),
                           said("serviceWindow"));
    if (type == "billing.card.activated") {
        const auto version = payload ? payload->find("version") : std::nullopt;
        const auto number = version ? version->as_integer() : std::nullopt;
        return fmt::format("card {}, version {}", said("card"),
                           number ? std::to_string(*number) : "?");
    }
    if (type == "billing.card.assigned")
        return fmt::format("the assignment of card {} from {} on", said("card"),
                           said("effectiveFrom"));
    if (type == "billing.window.closed") return "the closing of hour " + said("window");
    if (type == "billing.statement.closed") return "the closing of statement " + said("period");
    return type.empty() ? "an event that cannot be read" : "an event " + type;
}

}  // namespace lifeline::proof
