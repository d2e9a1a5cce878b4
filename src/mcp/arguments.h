#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "contract/form.h"
#include "contract/json.h"

namespace lifeline::mcp {

// Reads the arguments of a tool of the door's own, one by one; keeps the first fault. What is not
// known is a fault too: a model that misspells a name hears of it.
class Arguments {
public:
    Arguments(const contract::Json& json, std::initializer_list<std::string_view> known);

    enum class Must : std::uint8_t { be_there, be_fine };

    std::string text(std::string_view name, Must must, std::size_t bytes_max);
    std::string form(std::string_view name, Must must, contract::Form form);
    std::int64_t integer(std::string_view name, std::int64_t least, std::int64_t most,
                         std::int64_t otherwise);
    // As canonical JSON; empty when it is not there.
    std::string object(std::string_view name, Must must);
    std::string list(std::string_view name, Must must);

    const std::optional<Error>& fault() const { return fault_; }

private:
    std::optional<contract::Json> find(std::string_view name, Must must);
    void wrong(std::string_view name, std::string_view why);

    const contract::Json& json_;
    std::optional<Error> fault_;
};

}  // namespace lifeline::mcp
