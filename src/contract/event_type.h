#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "contract/event_type_list.h"  // enum class EventType, one for each file of schema/v1/events
#include "contract/role.h"
#include "contract/stream.h"

namespace lifeline::contract {

// What the catalogue says about a type. EventType::custom stands for all of the application's own
// types, x.*.
struct TypeInfo {
    std::string_view name;           // "call.started"; "x.*" for custom
    std::string_view supersede_key;  // the payload field that later events must agree on, or empty
    RoleSet publishers;
    StreamSet streams;
    bool supersedable;    // A reader that is behind may be given a later event instead.
    bool stable;          // Only additive change from here on.
    bool may_follow_end;  // May be appended to a call that has ended.

    // Below: for the checker and for delivery.
    std::uint16_t payload_rule;    // into tables::rules
    std::int16_t supersede_field;  // position of supersede_key among the payload's fields, or -1
    std::int16_t call_id_field;    // position of callId, or -1
    std::uint16_t superseding_first;
    std::uint16_t superseding_count;

    // The types that make an event of this one unnecessary when they agree on supersede_key.
    std::span<const EventType> superseded_by() const;
};

const TypeInfo& type_info(EventType type);

// By name; every x.* that is well formed is custom.
std::optional<EventType> find_type(std::string_view name);

// The new name of a type of the first public contract, or empty.
std::string_view legacy_successor(std::string_view name);

bool may_publish(Role role, EventType type);

}  // namespace lifeline::contract
