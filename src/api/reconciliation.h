#pragma once

#include "api/exchange.h"

namespace lifeline::api {

class Api;

// /v1/billing/reconciliations: runs and their reports, for admins.
void list_reconciliations(Api& api, Asked asked);
void reconcile(Api& api, Asked asked);
void get_reconciliation(Api& api, Asked asked);
// /v1/billing/alerts: those that were given up, for admins.
void list_alerts(Api& api, Asked asked);
void resend_alert(Api& api, Asked asked);
void discard_alert(Api& api, Asked asked);
// /v1/billing/accounts/{}/findings: for whoever oversees the account; changed by its operators and
// by admins.
void list_findings(Api& api, Asked asked);
void get_finding(Api& api, Asked asked);
void change_finding(Api& api, Asked asked);
// /v1/billing/accounts/{}/adjustments and .../imports, for operators of the account and admins.
void create_adjustment(Api& api, Asked asked);
void import_statement(Api& api, Asked asked);

}  // namespace lifeline::api
