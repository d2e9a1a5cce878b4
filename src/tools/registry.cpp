#include "tools/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "contract/canonical.h"
#include "contract/form.h"
#include "contract/json.h"
#include "contract/json_pointer.h"
#include "contract/reason.h"
#include "tools/read_tools.h"
#include "tools/schema.h"

namespace lifeline::tools {

struct Registry::Content {
    std::vector<Tool> tools;                     // by name
    std::vector<std::optional<Schema>> schemas;  // of the tool at the same place
    std::string hash;
};

namespace {

std::unexpected<Error> invalid(const Tool& tool, std::string_view field, std::string_view what) {
    return contract::refuse(contract::reason::tool_invalid,
                            fmt::format("{}: {} {}", tool.name, field, what),
                            contract::pointer_step(tool.name) + contract::pointer_step(field));
}

Result<void> check_display(const Tool& tool) {
    const auto& display = tool.display;
    constexpr std::string_view kinds[] = {"message_send", "payment", "external_post", "data_delete",
                                          "other"};
    if (std::ranges::find(kinds, display.scope_kind) == std::end(kinds))
        return invalid(tool, "display",
                       "must be a message_send, payment, external_post, data_delete or other");
    for (const auto* pointer : {&display.target, &display.recipients, &display.preview,
                                &display.amount, &display.currency})
        if (!pointer->empty() && !contract::matches(contract::Form::json_pointer, *pointer))
            return invalid(tool, "display",
                           fmt::format("points with {}, which is no JSON pointer", *pointer));
    return {};
}

bool is_http(const std::string& url) {
    return url.starts_with("https://") || url.starts_with("http://");
}

Result<void> check_kind(const Tool& tool) {
    switch (tool.kind) {
        case Kind::http:
            if (!is_http(tool.url))
                return invalid(tool, "url", "must begin with https:// or http://");
            if (!tool.probe_url.empty() && !is_http(tool.probe_url))
                return invalid(tool, "probe_url", "must begin with https:// or http://");
            // To ask what came of it must not be to do it.
            if (tool.probe_url == tool.url)
                return invalid(tool, "probe_url", "must be another one than url");
            return {};
        case Kind::mcp:
            if (tool.server.empty()) return invalid(tool, "server", "must name an MCP server");
            if (!tool.probe_tool.empty() &&
                tool.probe_tool == (tool.mcp_tool.empty() ? tool.name : tool.mcp_tool))
                return invalid(tool, "probe_tool", "must be another one than the tool");
            return {};
        case Kind::builtin:
            if (!is_builtin(tool.name))
                return invalid(tool, "kind", "no tool of this name is built in");
            return {};
        case Kind::client:
            return {};
    }
    return {};
}

Result<void> check_limits(const Tool& tool) {
    if (tool.timeout < Millis{1} || tool.timeout > timeout_max)
        return invalid(tool, "timeout_ms", fmt::format("must be 1 to {}", timeout_max.count()));
    if (tool.attempts < 1 || tool.attempts > attempts_max)
        return invalid(tool, "attempts", fmt::format("must be 1 to {}", attempts_max));
    if (tool.attempts > 1 && !repeatable(tool))
        return invalid(tool, "attempts",
                       "must be 1: twice is only for what is read-only or idempotent");
    if (tool.per_minute < 0) return invalid(tool, "per_minute", "must be 0 or more");
    return {};
}

// Nothing in it where there is none.
Result<std::optional<Schema>> schema_of(const Tool& tool) {
    if (tool.schema_json.empty()) return std::nullopt;
    auto schema = Schema::compile(tool.schema_json);
    if (schema) return *std::move(schema);
    auto error = invalid(tool, "schema",
                         fmt::format("{}: {}", schema.error().pointer, schema.error().detail));
    error.error().pointer += schema.error().pointer;
    return error;
}

Result<std::optional<Schema>> checked(const Tool& tool) {
    if (!contract::matches(contract::Form::word, tool.name))
        return invalid(tool, "name", "must be 1 to 64 letters, digits and _.:/-");
    for (auto* const check : {&check_kind, &check_limits, &check_display})
        if (auto sound = (*check)(tool); !sound) return fail(sound.error());
    return schema_of(tool);
}

std::string hash_of(const std::vector<Tool>& tools) {
    Sha256 digest;
    digest.add("lifeline.tools.v1\n");
    for (Tool tool : tools) {
        if (!tool.schema_json.empty())
            tool.schema_json = contract::canonical_json(tool.schema_json);
        const std::string line = show_tool(tool);
        digest.add(line).add("\n");
    }
    return to_hex(digest.finish());
}

}  // namespace

Registry::Registry() {
    auto content = std::make_shared<Content>();
    content->hash = hash_of({});
    content_ = std::move(content);
}

Result<Registry> Registry::create(std::vector<Tool> tools) {
    if (tools.size() > tools_max)
        return contract::refuse(contract::reason::tool_invalid,
                                fmt::format("there are more than {} tools", tools_max));
    std::ranges::sort(tools, {}, &Tool::name);
    auto content = std::make_shared<Content>();
    for (const auto& tool : tools) {
        auto schema = checked(tool);
        if (!schema) return fail(schema.error());
        content->schemas.push_back(*std::move(schema));
    }
    const auto twin = std::ranges::adjacent_find(tools, {}, &Tool::name);
    if (twin != tools.end()) return invalid(*twin, "name", "is there twice");
    content->hash = hash_of(tools);
    content->tools = std::move(tools);
    Registry registry;
    registry.content_ = std::move(content);
    return registry;
}

const Tool* Registry::find(std::string_view name) const {
    const auto& tools = content_->tools;
    const auto found = std::ranges::lower_bound(tools, name, {}, &Tool::name);
    return found == tools.end() || found->name != name ? nullptr : &*found;
}

Result<void> Registry::check_args(const Tool& tool, std::string_view args_json) const {
    const auto refused = [](std::string_view detail, std::string_view pointer) {
        return contract::refuse(contract::reason::args_invalid, std::string(detail),
                                fmt::format("/payload/args{}", pointer));
    };
    const auto args = contract::Json::parse(args_json);
    if (!args) return refused(args.error().reason, "");
    if (!args->is_object()) return refused("must be an object", "");
    const Tool* own = find(tool.name);
    if (own == nullptr) return refused("there is no such tool any more", "");
    const auto& schema = content_->schemas[static_cast<std::size_t>(own - content_->tools.data())];
    if (!schema) return {};
    if (const auto fits = schema->check(*args); !fits)
        return refused(fits.error().detail, fits.error().pointer);
    return {};
}

const std::vector<Tool>& Registry::tools() const {
    return content_->tools;
}

std::string_view Registry::hash() const {
    return content_->hash;
}

Result<void> check_tool(const Tool& tool) {
    const auto sound = checked(tool);
    if (!sound) return fail(sound.error());
    return {};
}

}  // namespace lifeline::tools
