#include "findings/findings.h"

#include <utility>

#include "api/account_query.h"
#include "api/api.h"
#include "api/body.h"
#include "api/reconciliation.h"
#include "contract/json.h"
#include "contract/json_writer.h"
#include "findings/words.h"

// What reconciliation found in an account, and what becomes of it.
namespace lifeline::api {

namespace {

using findings::Finding;

// As its event has it, under the names of the reply.
constexpr std::pair<std::string_view, std::string_view> taken_over[] = {
    {"layer", "layer"},
    {"window", "window"},
    {"meter", "meter"},
    {"item", "item"},
    {"sink", "sink"},
    {"expectedQuantity", "expectedQuantity"},
    {"recordedQuantity", "recordedQuantity"},
    {"quantityDelta", "quantityDelta"},
    {"expectedAmount", "expectedAmount"},
    {"recordedAmount", "recordedAmount"},
    {"amountDelta", "amountDelta"},
    {"currency", "currency"}};

void write_step(contract::JsonWriter& json, const findings::Step& step) {
    contract::JsonWriter at;
    at.object().key("at").value(step.at).end();
    const std::string head = at.take();
    json.raw(head.substr(0, head.size() - 1) + "," + step.payload.substr(1));
}

void write_finding(contract::JsonWriter& json, const Finding& finding) {
    const auto payload = contract::Json::parse(finding.payload);
    const auto words =
        findings::words_of(payload ? payload->text("class").value_or("") : std::string_view());
    json.object().key("findingId").value(finding.id);
    json.key("accountId").value(finding.account_id).key("class").value(words.klass);
    json.key("state").value(findings::to_text(finding.state));
    json.key("runId").value(finding.run_id).key("openedAt").value(finding.opened_at);
    if (payload)
        for (const auto& [from, to] : taken_over)
            if (const auto text = payload->text(from)) json.key(to).value(*text);
    json.key("meaning").value(words.meaning).key("fix").value(words.fix);
    if (const auto ids = payload ? payload->find("ids") : std::nullopt) {
        json.key("records").array();
        for (const auto& id : ids->items()) json.value(id.as_text().value_or(""));
        json.end();
    }
    if (!finding.history.empty()) {
        json.key("history").array();
        for (const auto& step : finding.history) write_step(json, step);
        json.end();
    }
    json.end();
}

std::string finding_json(const Finding& finding) {
    contract::JsonWriter json;
    write_finding(json, finding);
    return json.take();
}

std::string page_of(const std::vector<Finding>& rows, std::size_t limit) {
    contract::JsonWriter json;
    json.object().key("findings").array();
    for (const Finding& one : rows) write_finding(json, one);
    json.end();
    if (rows.size() == limit) json.key("next").value(std::to_string(rows.back().opened));
    json.end();
    return json.take();
}

Error none_of(const std::string& id) {
    return {Code::not_found, "finding_not_found", "there is no finding " + id + " here", {}};
}

}  // namespace

void list_findings(Api& api, Asked asked) {
    findings::FindingQuery query{.account_id = asked.captures.front()};
    if (const auto may = may_see_account(asked.principal, query.account_id); !may)
        return asked.refuse(may.error());
    const auto& request = asked.request();
    if (const auto* state = request.query("state")) {
        query.state = findings::state_from(*state);
        if (!query.state)
            return asked.refuse(Error{Code::malformed,
                                      "query_invalid",
                                      "there is no state " + *state + " of a finding",
                                      {}});
    }
    if (const auto* klass = request.query("class")) query.klass = *klass;
    const auto cursor = number_query(request, "cursor", 1, INT64_MAX, INT64_MAX);
    if (!cursor) return asked.refuse(cursor.error());
    const auto limit = number_query(request, "limit", 1, 1000, 100);
    if (!limit) return asked.refuse(limit.error());
    query.before = static_cast<std::uint64_t>(*cursor);
    query.limit = static_cast<std::size_t>(*limit);
    Loop& loop = asked.loop();
    api.parts().findings.ask<std::vector<Finding>>(
        loop,
        [asked = std::move(asked),
         limit = query.limit](const Result<std::vector<Finding>>& rows) mutable {
            if (!rows) return asked.refuse(rows.error());
            asked.answer_json(200, page_of(*rows, limit));
        },
        [query](findings::FindingsStore& store) { return store.list(query); });
}

void get_finding(Api& api, Asked asked) {
    const std::string account_id = asked.captures.front();
    const std::string id = asked.captures.back();
    if (const auto may = may_see_account(asked.principal, account_id); !may)
        return asked.refuse(may.error());
    Loop& loop = asked.loop();
    api.parts().findings.ask<std::optional<Finding>>(
        loop,
        [asked = std::move(asked), account_id,
         id](const Result<std::optional<Finding>>& found) mutable {
            if (!found) return asked.refuse(found.error());
            if (!*found || (*found)->account_id != account_id) return asked.refuse(none_of(id));
            asked.answer_json(200, finding_json(**found));
        },
        [id](findings::FindingsStore& store) { return store.find(id); });
}

void change_finding(Api& api, Asked asked) {
    const std::string account_id = asked.captures.front();
    if (const auto may = may_change_account(asked.principal, account_id); !may)
        return asked.refuse(may.error());
    const auto body = read_body(asked, contract::BodyType::change_finding);
    if (!body) return asked.refuse(body.error());
    namespace f = contract::body::change_finding;
    ReconciliationDesk::Resolving resolving{.account_id = account_id,
                                            .finding_id = asked.captures.back(),
                                            .state = *findings::state_from(body->text(f::state)),
                                            .by = asked.principal.user_id,
                                            .reason = std::string(body->text(f::reason))};
    Loop& loop = asked.loop();
    api.parts().reconciliation.resolve(
        std::move(resolving), loop,
        [asked = std::move(asked)](const Result<Finding>& finding) mutable {
            if (!finding) return asked.refuse(finding.error());
            asked.answer_json(200, finding_json(*finding));
        });
}

}  // namespace lifeline::api
