#include "explain/cast.h"

#include <fmt/format.h>

#include "contract/json.h"
#include "explain/line_text.h"

namespace lifeline::explain {

namespace {

constexpr std::size_t name_points_max = 60;

}  // namespace

void Cast::take(const contract::Event& event) {
    if (event.type() != contract::EventType::call_participant_added &&
        event.type() != contract::EventType::call_participant_joined)
        return;
    const auto payload = contract::Json::parse(event.payload_json());
    if (!payload) return;
    const auto identity = payload->find("identity");
    if (!identity) return;
    const auto id = payload->text("participantId").value_or("");
    const auto name = identity->text("displayName").value_or("");
    if (!name.empty()) names_.insert_or_assign(std::string(id), std::string(name));
}

std::string Cast::name(std::string_view id) const {
    const auto known = names_.find(id);
    if (known == names_.end()) return line_text(id);
    return fmt::format("{} ({})", line_text(known->second, name_points_max), line_text(id));
}

std::string Cast::name(const contract::Actor& actor) const {
    return actor.kind == "server" ? "the server" : name(actor.id);
}

}  // namespace lifeline::explain
