#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tools/tool.h"

namespace lifeline::tools {

class Schema;

inline constexpr std::size_t tools_max = 256;

// Which actions exist, as it is known at one moment: an immutable snapshot, cheap to copy and safe
// to read from every loop. A reload makes another. What is in it can be relied on: names are words
// of the contract and unique, schemas compile, nothing is repeated that must not be.
class Registry {
public:
    Registry();  // no tools at all

    // Refuses with `tool_invalid`, naming the tool and the field.
    static Result<Registry> create(std::vector<Tool> tools);

    const Tool* find(std::string_view name) const;  // null: unknown

    // The arguments against the tool's schema. Refuses with `args_invalid`: the pointer is below
    // /payload/args, and the detail says what a model has to change. `tool` is one of this
    // registry.
    Result<void> check_args(const Tool& tool, std::string_view args_json) const;

    const std::vector<Tool>& tools() const;  // by name
    // Of all of it in its canonical form, in hexadecimal: the same tools, the same hash, in
    // whatever order they were configured.
    std::string_view hash() const;

private:
    struct Content;
    std::shared_ptr<const Content> content_;
};

// What `create` asks of each tool by itself, so that one of many can be left out instead of all.
Result<void> check_tool(const Tool& tool);

}  // namespace lifeline::tools
