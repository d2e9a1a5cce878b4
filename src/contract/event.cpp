#include "contract/event.h"

#include "contract/event_reader.h"
#include "contract/json_writer.h"
#include "contract/limits.h"
#include "contract/reason.h"
#include "contract/tables.h"

namespace lifeline::contract {

Event::Event(std::string json, Found found, EventType type, std::size_t payload_first)
    : Record(std::move(json), std::move(found), type_info(type).payload_rule, payload_first),
      type_(type) {}

std::string_view Event::id() const {
    return found().meaning(json(), envelope::event_id.index);
}
std::string_view Event::stream() const {
    return found().meaning(json(), envelope::session_id.index);
}
std::string_view Event::ts() const {
    return found().meaning(json(), envelope::ts.index);
}
std::string_view Event::type_name() const {
    return found().meaning(json(), envelope::type.index);
}
std::string_view Event::payload_json() const {
    return found().raw(json(), envelope::payload.index);
}

std::optional<std::string_view> Event::find_text(std::string_view name) const {
    const std::uint16_t owner = type_info(type_).payload_rule;
    const Rule& rule = tables::rules[owner];
    for (std::uint16_t i = 0; i < rule.count; ++i) {
        if (tables::fields[rule.first + i].name != name) continue;
        const Field field{owner, i};
        if (!has(field)) return std::nullopt;
        return text(field);
    }
    return std::nullopt;
}

std::string_view Event::supersede_value() const {
    const TypeInfo& info = type_info(type_);
    if (info.supersede_field < 0) return {};
    return text({info.payload_rule, static_cast<std::uint16_t>(info.supersede_field)});
}

struct EventChecker::Parts {
    Tokens tokens;
    EventReader reader;

    Result<Event> read(std::string_view bytes, Sender sender, Strictness strictness) {
        if (auto ok = tokens.index(bytes); !ok) return fail(ok.error());
        std::uint32_t token = 0;
        auto event = reader.read(tokens, token, sender, strictness);
        if (event && token != tokens.count()) {
            return refuse(reason::json_invalid, "more follows the event");
        }
        return event;
    }
};

EventChecker::EventChecker() : parts_(std::make_unique<Parts>()) {}
EventChecker::~EventChecker() = default;

Result<Event> EventChecker::check(std::string_view bytes, Sender sender) {
    if (bytes.size() > limits::event_bytes_max) return refuse(reason::event_too_large);
    return parts_->read(bytes, sender, Strictness::strict);
}

Result<Event> EventChecker::read_stored(std::string_view bytes) {
    return parts_->read(bytes, Sender::server, Strictness::tolerant);
}

std::string_view EventChecker::last_event_id() const {
    return parts_->reader.last_event_id();
}

std::string event_json(std::string_view event_id, std::string_view stream, std::string_view ts,
                       std::string_view type, std::string_view payload_json) {
    JsonWriter json;
    json.object();
    json.key("eventId").value(event_id);
    json.key("sessionId").value(stream);
    json.key("ts").value(ts);
    json.key("type").value(type);
    json.key("payload").raw(payload_json);
    json.key("schemaVersion").value("1.0");
    json.end();
    return json.take();
}

}  // namespace lifeline::contract
