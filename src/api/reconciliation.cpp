#include "api/reconciliation.h"

#include <utility>

#include "api/account_query.h"
#include "api/administer.h"
#include "api/api.h"
#include "api/body.h"
#include "contract/json_writer.h"
#include "findings/findings.h"

// Runs of the reconciliation and their reports: for admins.
namespace lifeline::api {

namespace {

using findings::Run;
using Form = ReconciliationDesk::Form;

// The payload of its event, and when that was.
void write_run(contract::JsonWriter& json, const Run& run) {
    contract::JsonWriter at;
    at.object().key("at").value(run.at).end();
    const std::string head = at.take();
    json.raw(head.substr(0, head.size() - 1) + "," + run.payload.substr(1));
}

std::string page_of(const std::vector<Run>& runs, std::size_t limit) {
    contract::JsonWriter json;
    json.object().key("runs").array();
    for (const Run& run : runs) write_run(json, run);
    json.end();
    if (runs.size() == limit) json.key("next").value(std::to_string(runs.back().position));
    json.end();
    return json.take();
}

std::optional<Form> form_in(const net::Request& request) {
    const auto* format = request.query("format");
    if (format == nullptr || *format == "json") return Form::json;
    if (*format == "csv") return Form::csv;
    if (*format == "text") return Form::text;
    return std::nullopt;
}

}  // namespace

void list_reconciliations(Api& api, Asked asked) {
    if (const auto may = may_administer(asked.principal); !may) return asked.refuse(may.error());
    const auto cursor = number_query(asked.request(), "cursor", 1, INT64_MAX, INT64_MAX);
    if (!cursor) return asked.refuse(cursor.error());
    const auto limit = number_query(asked.request(), "limit", 1, 1000, 100);
    if (!limit) return asked.refuse(limit.error());
    const auto before = static_cast<std::uint64_t>(*cursor);
    const auto most = static_cast<std::size_t>(*limit);
    Loop& loop = asked.loop();
    api.parts().findings.ask<std::vector<Run>>(
        loop,
        [asked = std::move(asked), most](const Result<std::vector<Run>>& runs) mutable {
            if (!runs) return asked.refuse(runs.error());
            asked.answer_json(200, page_of(*runs, most));
        },
        [before, most](findings::FindingsStore& store) { return store.runs(before, most); });
}

void reconcile(Api& api, Asked asked) {
    if (const auto may = may_administer(asked.principal); !may) return asked.refuse(may.error());
    const auto body = read_body(asked, contract::BodyType::reconcile);
    if (!body) return asked.refuse(body.error());
    namespace f = contract::body::reconcile;
    const ReconciliationDesk::Hours hours{parse_window(body->text(f::from)),
                                          parse_window(body->text(f::to))};
    Loop& loop = asked.loop();
    api.parts().reconciliation.run(
        hours, loop, [asked = std::move(asked)](const Result<std::vector<Run>>& runs) mutable {
            if (!runs) return asked.refuse(runs.error());
            asked.answer_json(200, page_of(*runs, SIZE_MAX));
        });
}

void get_reconciliation(Api& api, Asked asked) {
    if (const auto may = may_administer(asked.principal); !may) return asked.refuse(may.error());
    const auto form = form_in(asked.request());
    if (!form)
        return asked.refuse(
            Error{Code::malformed, "query_invalid", "format is json, csv or text", {}});
    Loop& loop = asked.loop();
    std::string run_id = asked.captures.back();
    api.parts().reconciliation.report(
        std::move(run_id), *form, loop,
        [asked = std::move(asked), form = *form](Result<std::string> report) mutable {
            if (!report) return asked.refuse(report.error());
            if (form == Form::json) return asked.answer_json(200, *std::move(report));
            net::Response response;
            response.set("Cache-Control", "no-store");
            response.set("Content-Type", form == Form::csv ? "text/csv; charset=utf-8"
                                                           : "text/plain; charset=utf-8");
            response.body = *std::move(report);
            asked.answer(std::move(response));
        });
}

}  // namespace lifeline::api
