#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "api/api.h"
#include "api/body.h"
#include "api/routes.h"
#include "api/scope.h"
#include "contract/json_writer.h"
#include "search/match_text.h"
#include "search/search.h"

namespace lifeline::api {

namespace {

constexpr std::int64_t limit_max = 100;
constexpr std::int64_t skip_max = 1'000;  // Who wants more says more exactly what they look for.

std::unexpected<Error> invalid(std::string detail, std::string pointer) {
    return fail(Code::malformed, "query_invalid", std::move(detail), std::move(pointer));
}

// A day, or a moment as events have it; either sorts among moments as text.
bool is_time(std::string_view text) {
    constexpr std::string_view day = "0000-00-00";
    const auto same_shape = [](char c, char shape) {
        return shape == '0' ? std::isdigit(static_cast<unsigned char>(c)) != 0 : c == shape;
    };
    if (text.size() == day.size()) return std::ranges::equal(text, day, same_shape);
    return parse_rfc3339(text).has_value();
}

Result<std::string> time_query(const net::Request& request, std::string_view name) {
    const auto* value = request.query(name);
    if (value == nullptr) return std::string();
    if (!is_time(*value))
        return invalid(fmt::format("{} is a day or a time in UTC, as events have it", name),
                       fmt::format("/{}", name));
    return *value;
}

Result<search::Query> query_of(const net::Request& request, const identity::Principal& asker) {
    const auto text = [&](std::string_view name) {
        const auto* value = request.query(name);
        return value != nullptr ? *value : std::string();
    };
    search::Query query;
    auto match = search::match_text(text("q"));
    if (!match) return fail(match.error());
    query.match = *std::move(match);
    const Scope scope = scope_of(asker);
    query.account_id = scope.account_id;
    query.user_id = scope.user_id;
    query.user_account_id = asker.account_id;
    query.session_id = text("session");
    query.speaker = text("speaker");
    query.participant_id = text("participant");
    query.kind = text("kind");
    if (!query.kind.empty() && query.kind != "utterance" && query.kind != "action" &&
        query.kind != "document")
        return invalid("kind is utterance, action or document", "/kind");
    auto from = time_query(request, "from");
    if (!from) return fail(from.error());
    query.from = *std::move(from);
    auto until = time_query(request, "until");
    if (!until) return fail(until.error());
    query.until = *std::move(until);
    const auto skip = number_query(request, "cursor", 0, skip_max, 0);
    if (!skip) return fail(skip.error());
    const auto limit = number_query(request, "limit", 1, limit_max, 20);
    if (!limit) return fail(limit.error());
    query.skip = static_cast<std::size_t>(*skip);
    query.limit = static_cast<std::size_t>(*limit);
    return query;
}

void write_found(contract::JsonWriter& json, const search::Found& found) {
    json.object();
    if (!found.session_id.empty()) json.key("sessionId").value(found.session_id);
    json.key("kind").value(found.kind);
    json.key("id").value(found.id);
    if (!found.speaker.empty()) json.key("speaker").value(found.speaker);
    json.key("participantId").value(found.participant_id);
    json.key("at").value(found.at);
    json.key("seq").value(found.seq);
    json.key("snippet").array();
    for (const auto& piece : found.snippet) {
        json.object().key("text").value(piece.text);
        if (piece.hit) json.key("hit").value(true);
        json.end();
    }
    json.end();
    json.end();
}

}  // namespace

void find_text(Api& api, Asked asked) {
    auto query = query_of(asked.request(), asked.principal);
    if (!query) return asked.refuse(query.error());
    const std::size_t limit = query->limit;
    const std::size_t next = query->skip + limit;
    Loop& loop = asked.loop();
    api.parts().search.find(
        *std::move(query), loop,
        [asked = std::move(asked), limit, next](Result<std::vector<search::Found>> found) mutable {
            if (!found) return asked.refuse(found.error());
            contract::JsonWriter json;
            json.object().key("found").array();
            for (const auto& one : *found) write_found(json, one);
            json.end();
            if (found->size() == limit && next <= skip_max)
                json.key("next").value(fmt::format("{}", next));
            json.end();
            asked.answer_json(200, json.take());
        });
}

}  // namespace lifeline::api
