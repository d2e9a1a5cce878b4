#include "api/body.h"

#include <fmt/format.h>

#include <charconv>

#include "contract/json.h"
#include "contract/role.h"

namespace lifeline::api {

Result<contract::Body> read_body(const Asked& asked, contract::BodyType type) {
    const auto& request = asked.request();
    if (request.body.empty()) return contract::check_body(type, "{}");
    const auto* content_type = request.header("Content-Type");
    if (content_type == nullptr || !content_type->starts_with("application/json"))
        return fail(Code::malformed, "content_type_unsupported",
                    "Content-Type must be application/json");
    return contract::check_body(type, request.body);
}

Result<std::vector<call::Member>> read_members(std::string_view json) {
    const auto list = contract::Json::parse(json);
    if (!list) return fail(list.error());
    std::vector<call::Member> members;
    for (const auto& item : list->items()) {
        const auto role = contract::role_from(item.text("role").value_or(""));
        if (!role) return fail(Code::malformed, "unknown_value", "no such role", "/participants");
        members.push_back({std::string(item.text("userId").value_or("")), *role, ""});
    }
    return members;
}

Result<std::int64_t> number_query(const net::Request& request, std::string_view name,
                                  std::int64_t least, std::int64_t most, std::int64_t otherwise) {
    const auto* text = request.query(name);
    if (text == nullptr) return otherwise;
    std::int64_t value = 0;
    const char* end = text->data() + text->size();
    const auto [stop, error] = std::from_chars(text->data(), end, value);
    if (text->empty() || error != std::errc{} || stop != end || value < least || value > most)
        return fail(Code::malformed, "query_invalid",
                    fmt::format("{} must be a whole number from {} to {}", name, least, most),
                    fmt::format("/{}", name));
    return value;
}

}  // namespace lifeline::api
