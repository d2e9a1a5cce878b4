#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lifeline::contract {
class Json;
}

namespace lifeline::tools {

inline constexpr std::size_t schema_bytes_max = 65'536;

// A JSON Schema of a tool's arguments, read once and asked often; immutable. docs/safety.md says
// which keywords there are. What would have to hold but cannot be checked is refused when it is
// read, never passed over. Neither a schema nor arguments, however made, take more than bounded
// time and stack: patterns are matched in linear time, and a check has a budget of steps.
class Schema {
public:
    // `schema_invalid`, with the pointer of what is wrong in it.
    static Result<Schema> compile(std::string_view json);

    // `args_invalid`; the pointer is into the value.
    Result<void> check(const contract::Json& value) const;

private:
    struct Content;
    explicit Schema(std::shared_ptr<const Content> content) : content_(std::move(content)) {}
    std::shared_ptr<const Content> content_;
};

}  // namespace lifeline::tools
