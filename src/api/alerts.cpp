#include <utility>

#include "api/administer.h"
#include "api/api.h"
#include "api/body.h"
#include "api/reconciliation.h"
#include "contract/json_writer.h"
#include "findings/findings.h"

// Alerts that nobody took: for admins.
namespace lifeline::api {

namespace {

using findings::ParkedAlert;

void write_alert(contract::JsonWriter& json, const ParkedAlert& alert) {
    json.object().key("alertId").value(alert.id);
    if (!alert.kind.empty()) {
        json.key("type").value("billing.finding." + alert.kind);
        json.key("accountId").value(alert.stream).key("findingId").value(alert.finding_id);
    }
    json.key("attempts").value(alert.attempts);
    if (alert.status != 0) json.key("status").value(alert.status);
    json.key("message").value(alert.message).key("parkedAt").value(alert.parked_at).end();
}

std::string page_of(const std::vector<ParkedAlert>& alerts, std::size_t limit) {
    contract::JsonWriter json;
    json.object().key("alerts").array();
    for (const ParkedAlert& alert : alerts) write_alert(json, alert);
    json.end();
    if (alerts.size() == limit) json.key("next").value(std::to_string(alerts.back().position));
    json.end();
    return json.take();
}

journal::Done<void> answering(Asked asked, std::string alert_id, std::string_view state) {
    return [asked = std::move(asked), alert_id = std::move(alert_id),
            state](const Status& done) mutable {
        if (!done) return asked.refuse(done.error());
        contract::JsonWriter json;
        json.object().key("alertId").value(alert_id).key("state").value(state).end();
        asked.answer_json(200, json.take());
    };
}

}  // namespace

void list_alerts(Api& api, Asked asked) {
    if (const auto may = may_administer(asked.principal); !may) return asked.refuse(may.error());
    const auto cursor = number_query(asked.request(), "cursor", 1, INT64_MAX, 0);
    if (!cursor) return asked.refuse(cursor.error());
    const auto limit = number_query(asked.request(), "limit", 1, 1000, 100);
    if (!limit) return asked.refuse(limit.error());
    const auto after = static_cast<std::uint64_t>(*cursor);
    const auto most = static_cast<std::size_t>(*limit);
    Loop& loop = asked.loop();
    api.parts().findings.ask<std::vector<ParkedAlert>>(
        loop,
        [asked = std::move(asked), most](const Result<std::vector<ParkedAlert>>& alerts) mutable {
            if (!alerts) return asked.refuse(alerts.error());
            asked.answer_json(200, page_of(*alerts, most));
        },
        [after, most](findings::FindingsStore& store) { return store.parked(after, most); });
}

void resend_alert(Api& api, Asked asked) {
    if (const auto may = may_administer(asked.principal); !may) return asked.refuse(may.error());
    Loop& loop = asked.loop();
    const std::string id = asked.captures.back();
    const std::string by = asked.principal.user_id;
    api.parts().reconciliation.resend_alert({id, by}, loop,
                                            answering(std::move(asked), id, "resending"));
}

void discard_alert(Api& api, Asked asked) {
    if (const auto may = may_administer(asked.principal); !may) return asked.refuse(may.error());
    Loop& loop = asked.loop();
    const std::string id = asked.captures.back();
    const std::string by = asked.principal.user_id;
    api.parts().reconciliation.discard_alert({id, by}, loop,
                                             answering(std::move(asked), id, "discarded"));
}

}  // namespace lifeline::api
