#include "document/patch.h"

#include <algorithm>
#include <array>
#include <utility>

#include "contract/json_pointer.h"

namespace lifeline::document {

namespace {

using Kind = Operation::Kind;

constexpr std::array names{"add", "remove", "replace", "move", "copy", "test"};

std::unexpected<Error> invalid(std::size_t at, std::string_view member, std::string detail) {
    return fail(Code::malformed, "patch_invalid", std::move(detail),
                "/" + std::to_string(at) + (member.empty() ? "" : "/" + std::string(member)));
}

Result<Path> read_path(const contract::Json& operation, std::string_view member, std::size_t at) {
    const auto text = operation.text(member);
    if (!text) return invalid(at, member, "a JSON pointer is missing");
    auto steps = contract::pointer_steps(*text);
    if (!steps) return invalid(at, member, "this is no JSON pointer");
    return std::move(*steps);
}

bool is_within(const Path& inner, const Path& outer) {
    return inner.size() > outer.size() && std::equal(outer.begin(), outer.end(), inner.begin());
}

Result<Operation> read_operation(const contract::Json& json, std::size_t at) {
    Operation operation;
    const auto name = json.text("op").value_or("");
    const auto known = std::ranges::find(names, name);
    if (known == names.end()) return invalid(at, "op", "no such operation");
    operation.kind = static_cast<Kind>(known - names.begin());
    auto path = read_path(json, "path", at);
    if (!path) return fail(path.error());
    operation.path = std::move(*path);
    if (operation.kind == Kind::move || operation.kind == Kind::copy) {
        auto from = read_path(json, "from", at);
        if (!from) return fail(from.error());
        operation.from = std::move(*from);
        if (operation.kind == Kind::move && is_within(operation.path, operation.from))
            return invalid(at, "from", "nothing can be moved into itself");
    } else if (operation.kind != Kind::remove) {
        const auto value = json.find("value");
        if (!value) return invalid(at, "value", "a value is missing");
        operation.value = Value::from(*value);
    }
    return operation;
}

}  // namespace

std::string_view to_text(Kind kind) {
    return names[static_cast<std::size_t>(kind)];
}

Result<Patch> read_patch(const contract::Json& json) {
    if (!json.is_array()) return fail(Code::malformed, "patch_invalid", "a patch is a list");
    const auto items = json.items();
    if (items.empty() || items.size() > operations_max)
        return fail(Code::malformed, "patch_invalid", "a patch has 1 to 256 operations");
    Patch patch;
    for (const auto& item : items) {
        auto operation = read_operation(item, patch.size());
        if (!operation) return fail(operation.error());
        patch.push_back(std::move(*operation));
    }
    return patch;
}

std::string patch_json(const Patch& patch) {
    contract::JsonWriter json;
    json.array();
    for (const Operation& operation : patch) {
        json.object();
        json.key("op").value(to_text(operation.kind));
        json.key("path").value(pointer_of(operation.path));
        if (operation.kind == Kind::move || operation.kind == Kind::copy) {
            json.key("from").value(pointer_of(operation.from));
        } else if (operation.kind != Kind::remove) {
            json.key("value");
            operation.value.write(json);
        }
        json.end();
    }
    json.end();
    return json.take();
}

}  // namespace lifeline::document
