#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "contract/json_writer.h"

namespace lifeline::call {

// One event's payload, field by field.
class Payload {
public:
    Payload() { writer_.object(); }

    Payload& text(std::string_view key, std::string_view value) {
        writer_.key(key).value(value);
        return *this;
    }
    // Left out when there is nothing to say.
    Payload& optional(std::string_view key, std::string_view value) {
        return value.empty() ? *this : text(key, value);
    }
    Payload& integer(std::string_view key, std::int64_t value) {
        writer_.key(key).value(value);
        return *this;
    }
    Payload& flag(std::string_view key, bool value) {
        writer_.key(key).value(value);
        return *this;
    }
    // JSON as it stands; left out when there is none.
    Payload& raw(std::string_view key, std::string_view json) {
        if (!json.empty()) writer_.key(key).raw(json);
        return *this;
    }
    // A participant's name as others see it; left out when there is none.
    Payload& identity(std::string_view name) {
        if (name.empty()) return *this;
        writer_.key("identity").object().key("displayName").value(name).end();
        return *this;
    }
    std::string take() {
        writer_.end();
        return writer_.take();
    }

private:
    contract::JsonWriter writer_;
};

}  // namespace lifeline::call
