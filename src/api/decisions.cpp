#include <fmt/format.h>

#include "api/administer.h"
#include "api/api.h"
#include "api/body.h"
#include "api/routes.h"
#include "audit/audit.h"
#include "audit/decision_json.h"
#include "contract/json_writer.h"
#include "net/url.h"

namespace lifeline::api {

namespace {

std::string text_query(const net::Request& request, std::string_view name) {
    const auto* value = request.query(name);
    return value != nullptr ? *value : std::string();
}

bool wants_lines(const net::Request& request) {
    const auto* accept = request.header("Accept");
    return accept != nullptr && accept->find("application/x-ndjson") != std::string::npos;
}

// What the next page is asked with, too.
std::string as_asked(const net::Request& request) {
    std::string query;
    for (const std::string_view name : {"session", "type", "outcome", "limit"})
        if (const auto* value = request.query(name))
            query += fmt::format("&{}={}", name, net::percent_encode(*value));
    return query;
}

// For export: one decision a line, and a Link to the next page.
net::Response lines_of(const std::vector<audit::Decision>& rows, bool more,
                       const net::Request& request) {
    net::Response response;
    response.set("Content-Type", "application/x-ndjson");
    response.set("Cache-Control", "no-store");
    if (more)
        response.set("Link", fmt::format("<{}?cursor={}{}>; rel=\"next\"", request.path(),
                                         rows.back().position, as_asked(request)));
    for (const auto& row : rows) {
        contract::JsonWriter json;
        audit::write_decision(json, row);
        response.body += json.take() + "\n";
    }
    return response;
}

std::string page_of(const std::vector<audit::Decision>& rows, bool more) {
    contract::JsonWriter json;
    json.object().key("decisions").array();
    for (const auto& row : rows) audit::write_decision(json, row);
    json.end();
    if (more) json.key("next").value(fmt::format("{}", rows.back().position));
    json.end();
    return json.take();
}

}  // namespace

void list_decisions(Api& api, Asked asked) {
    const auto& request = asked.request();
    auto account = account_overseen(asked.principal);
    if (!account) return asked.refuse(account.error());
    const auto cursor = number_query(request, "cursor", 1, INT64_MAX, INT64_MAX);
    if (!cursor) return asked.refuse(cursor.error());
    const auto limit = number_query(request, "limit", 1, 500, 50);
    if (!limit) return asked.refuse(limit.error());
    audit::DecisionQuery query;
    query.account_id = std::move(*account);
    query.session_id = text_query(request, "session");
    query.type = text_query(request, "type");
    query.outcome = text_query(request, "outcome");
    query.before = static_cast<std::uint64_t>(*cursor);
    query.limit = static_cast<std::size_t>(*limit);
    Loop& loop = asked.loop();
    api.parts().audit.list(std::move(query), loop,
                           [asked = std::move(asked),
                            limit = *limit](Result<std::vector<audit::Decision>> rows) mutable {
                               if (!rows) return asked.refuse(rows.error());
                               const bool more = rows->size() == static_cast<std::size_t>(limit);
                               if (wants_lines(asked.request()))
                                   asked.answer(lines_of(*rows, more, asked.request()));
                               else
                                   asked.answer_json(200, page_of(*rows, more));
                           });
}

}  // namespace lifeline::api
