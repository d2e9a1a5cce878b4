#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "contract/body.h"
#include "contract/close_code.h"
#include "contract/event_type.h"
#include "contract/frames.h"
#include "contract/reason.h"
#include "contract/rule.h"

// The schema as flat tables, made by tools/schemagen.py at build time. Read through the functions
// of this room; nothing outside includes this header.
namespace lifeline::contract::tables {

struct LegacyType {
    std::string_view old_name;
    std::string_view new_name;
};

struct OpInfo {
    std::string_view name;
    std::uint64_t allowed;  // a bit for each field of client_frame_rule
    std::uint64_t required;
};

struct BodyInfo {
    std::string_view name;
    std::uint16_t rule;
};

extern const std::span<const Rule> rules;
extern const std::span<const FieldRule> fields;
extern const std::span<const std::string_view> words;
extern const std::span<const std::uint64_t> choices;
extern const std::span<const EventType> superseding;
extern const std::span<const TypeInfo> types;  // by EventType
extern const std::span<const LegacyType> legacy_types;
extern const std::span<const OpInfo> ops;          // by Op
extern const std::span<const BodyInfo> bodies;     // by BodyType
extern const std::span<const ReasonInfo> reasons;  // by name
extern const std::span<const CloseCodeInfo> close_codes;
extern const std::uint16_t envelope_rule;
extern const std::uint16_t client_frame_rule;

}  // namespace lifeline::contract::tables
