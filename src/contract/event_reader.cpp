#include "contract/event_reader.h"

#include <fmt/format.h>

#include "base/check.h"
#include "contract/limits.h"
#include "contract/pointer.h"
#include "contract/tables.h"

namespace lifeline::contract {
namespace {

// A call's events name their call twice; twice the same.
Status check_call_id(std::string_view text, const Found& found, const TypeInfo& type,
                     std::size_t payload_first) {
    if (type.call_id_field < 0) return {};
    const std::size_t slot = payload_first + static_cast<std::size_t>(type.call_id_field);
    if (found.slots[slot].size == 0 ||
        found.meaning(text, slot) == found.meaning(text, envelope::session_id.index)) {
        return {};
    }
    return refuse(reason::wrong_stream, "callId is not the envelope's sessionId",
                  "/payload/callId");
}

// A dozen slots an event: positions in the text become positions in the event's own bytes.
void shift(Found& found, std::uint32_t begin) {
    if (begin == 0) return;
    for (Slot& slot : found.slots) {
        if (slot.size > 0) slot.at -= begin;
    }
}

}  // namespace

Result<Event> EventReader::read(const Tokens& tokens, std::uint32_t& token, Sender sender,
                                Strictness strictness) {
    const std::uint32_t first = token;
    last_event_id_.clear();
    auto parsed = parse(tokens, token, sender, strictness);
    if (!parsed) return fail(parsed.error());

    const std::uint32_t begin = tokens.begin(first);
    const std::uint32_t end = tokens.end(token - 1);
    if (end - begin > limits::event_bytes_max) return refuse(reason::event_too_large);

    std::string json;
    if (!tokens.spaced(first, token)) {
        json = tokens.text().substr(begin, end - begin);
        shift(parsed->found, begin);
    } else {
        tokens.append_minified(json, first, token);
        CHECK(tight_.index(json));
        std::uint32_t again = 0;
        parsed = parse(tight_, again, sender, strictness);
        CHECK(parsed);
    }

    Event event(std::move(json), std::move(parsed->found), parsed->type, parsed->payload_first);
    if (event.type() == EventType::custom && strictness == Strictness::strict &&
        event.payload_json().size() > limits::custom_payload_bytes_max) {
        return refuse(reason::payload_too_large, {}, "/payload");
    }
    return event;
}

Result<EventReader::Parsed> EventReader::parse(const Tokens& tokens, std::uint32_t& token,
                                               Sender sender, Strictness strictness) {
    Parsed parsed;
    Found& found = parsed.found;
    found.slots.reserve(24);  // The envelope's and those of nearly every payload.
    if (auto ok = parse_envelope(tokens, token, strictness, found); !ok) return fail(ok.error());
    if (sender == Sender::client && last_event_id_.starts_with("ll_")) {
        return refuse(reason::reserved_id, {}, "/eventId");
    }
    const auto type = type_of(tokens, found, strictness);
    if (!type) return fail(type.error());
    parsed.type = *type;
    parsed.payload_first = found.slots.size();

    const TypeInfo& info = type_info(*type);
    std::uint32_t payload = found.deferred;
    auto ok = walk_.object(tokens, payload, info.payload_rule, 2, strictness, found);
    if (!ok) {
        Error error = std::move(ok.error());
        prepend_step(error.pointer, "payload");
        return fail(std::move(error));
    }
    if (strictness == Strictness::strict) {
        ok = check_call_id(tokens.text(), found, info, parsed.payload_first);
        if (!ok) return fail(ok.error());
    }
    return parsed;
}

Status EventReader::parse_envelope(const Tokens& tokens, std::uint32_t& token,
                                   Strictness strictness, Found& found) {
    auto ok = walk_.object(tokens, token, tables::envelope_rule, 1, strictness, found);
    if (!found.slots.empty() && found.slots[envelope::event_id.index].size > 0) {
        last_event_id_ = found.meaning(tokens.text(), envelope::event_id.index);
    }
    if (ok || ok.error().pointer != "/schemaVersion" ||
        ok.error().reason != reason::unknown_value) {
        return ok;
    }
    return refuse(reason::unsupported_schema_version, ok.error().detail, "/schemaVersion");
}

Result<EventType> EventReader::type_of(const Tokens& tokens, const Found& found,
                                       Strictness strictness) {
    const std::string_view name = found.meaning(tokens.text(), envelope::type.index);
    const auto type = find_type(name);
    if (strictness == Strictness::tolerant) return type.value_or(EventType::custom);
    if (!type) {
        if (const auto successor = legacy_successor(name); !successor.empty()) {
            return refuse(reason::legacy_type, fmt::format("now {}", successor), "/type");
        }
        return refuse(reason::unknown_type, {}, "/type");
    }
    const auto kind = stream_kind(found.meaning(tokens.text(), envelope::session_id.index));
    if (!type_info(*type).streams.has(*kind)) {
        return refuse(reason::wrong_stream, "the type does not belong into this stream",
                      "/sessionId");
    }
    return *type;
}

}  // namespace lifeline::contract
