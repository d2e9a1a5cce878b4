#include "api/usage.h"

#include <fmt/format.h>

#include "api/account_query.h"
#include "api/api.h"
#include "api/body.h"
#include "contract/json_writer.h"
#include "metering/metering.h"
#include "net/url.h"

namespace lifeline::api {

namespace {

using metering::UsageQuery;
using metering::UsageRow;

std::string text_query(const net::Request& request, std::string_view name) {
    const auto* value = request.query(name);
    return value != nullptr ? *value : std::string();
}

Result<UsageQuery> read_query(const net::Request& request) {
    UsageQuery query{.session_id = text_query(request, "session"),
                     .meter = text_query(request, "meter"),
                     .after = text_query(request, "cursor")};
    const auto from = hour_query(request, "from");
    if (!from) return fail(from.error());
    const auto to = hour_query(request, "to");
    if (!to) return fail(to.error());
    const auto limit = number_query(request, "limit", 1, 1000, 100);
    if (!limit) return fail(limit.error());
    query.from = *from;
    query.to = *to;
    query.limit = static_cast<std::size_t>(*limit);
    return query;
}

void write_row(contract::JsonWriter& json, const UsageRow& row) {
    json.object().key("record").raw(row.payload_json);
    json.key("seq").value(row.seq).key("position").value(row.position).end();
}

std::string page_of(const std::vector<UsageRow>& rows, bool more) {
    contract::JsonWriter json;
    json.object().key("records").array();
    for (const UsageRow& row : rows) write_row(json, row);
    json.end();
    if (more) json.key("next").value(rows.back().record_id);
    json.end();
    return json.take();
}

// What the next page is asked with, too.
std::string as_asked(const net::Request& request) {
    std::string query;
    for (const std::string_view name : {"session", "meter", "from", "to", "limit"})
        if (const auto* value = request.query(name))
            query += fmt::format("&{}={}", name, net::percent_encode(*value));
    return query;
}

net::Response lines_of(const std::vector<UsageRow>& rows, bool more, const net::Request& request) {
    net::Response response;
    response.set("Content-Type", "application/x-ndjson");
    response.set("Cache-Control", "no-store");
    if (more)
        response.set("Link", fmt::format("<{}?cursor={}{}>; rel=\"next\"", request.path(),
                                         rows.back().record_id, as_asked(request)));
    for (const UsageRow& row : rows) {
        contract::JsonWriter json;
        write_row(json, row);
        response.body += json.take() + "\n";
    }
    return response;
}

}  // namespace

void list_usage(Api& api, Asked asked) {
    const std::string account_id = asked.captures.front();
    if (const auto may = may_see_account(asked.principal, account_id); !may)
        return asked.refuse(may.error());
    auto query = read_query(asked.request());
    if (!query) return asked.refuse(query.error());
    query->account_id = account_id;
    const std::size_t limit = query->limit;
    Loop& loop = asked.loop();
    api.parts().metering.usage(
        *std::move(query), loop,
        [asked = std::move(asked), limit](Result<std::vector<UsageRow>> rows) mutable {
            if (!rows) return asked.refuse(rows.error());
            const bool more = rows->size() == limit;
            const auto* accept = asked.request().header("Accept");
            if (accept != nullptr && accept->contains("application/x-ndjson"))
                asked.answer(lines_of(*rows, more, asked.request()));
            else
                asked.answer_json(200, page_of(*rows, more));
        });
}

}  // namespace lifeline::api
