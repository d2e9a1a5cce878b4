#include "api/routes.h"

#include <array>

#include "api/billing.h"
#include "api/budgets.h"
#include "api/charge_trace.h"
#include "api/dead_letters.h"
#include "api/explain.h"
#include "api/proofs.h"
#include "api/reconciliation.h"
#include "api/records.h"
#include "api/router.h"
#include "api/signing_keys.h"
#include "api/sinks.h"
#include "api/usage.h"

namespace lifeline::api {

namespace {

constexpr std::array table{
    Route{"POST", "/v1/call/sessions", Access::principal, &create_session},
    Route{"GET", "/v1/call/sessions", Access::principal, &list_sessions},
    Route{"GET", "/v1/call/sessions/{}", Access::principal, &get_session},
    Route{"POST", "/v1/call/sessions/{}/state", Access::principal, &change_state},
    Route{"POST", "/v1/call/sessions/{}/connect", Access::principal, &connect, Counted::elsewhere},
    Route{"GET", "/v1/call/sessions/{}/snapshot", Access::principal, &get_snapshot},
    Route{"GET", "/v1/call/sessions/{}/transcript", Access::principal, &get_transcript},
    Route{"GET", "/v1/call/sessions/{}/explain", Access::principal, &explain_session},
    Route{"GET", "/v1/call/sessions/{}/archive", Access::principal, &export_archive},
    Route{"GET", "/v1/call/sessions/{}/events", Access::principal, &read_events},
    Route{"POST", "/v1/call/sessions/{}/events", Access::principal, &publish_event,
          Counted::elsewhere},
    Route{"POST", "/v1/call/sessions/{}/speech", Access::principal, &upload_speech,
          Counted::elsewhere},
    Route{"POST", "/v1/call/sessions/{}/turns", Access::principal, &create_turn,
          Counted::elsewhere},
    Route{"POST", "/v1/call/sessions/{}/participants", Access::principal, &add_participant},
    Route{"DELETE", "/v1/call/sessions/{}/participants/{}", Access::principal, &remove_participant},
    Route{"GET", "/v1/call/sessions/{}/actions", Access::principal, &list_actions},
    Route{"GET", "/v1/call/sessions/{}/actions/{}", Access::principal, &get_action},
    Route{"POST", "/v1/call/sessions/{}/actions/{}/cancel", Access::principal, &cancel_action},
    Route{"POST", "/v1/call/sessions/{}/actions/{}/resolve", Access::principal, &resolve_action},
    Route{"POST", "/v1/call/sessions/{}/confirmations/{}", Access::principal, &answer_confirmation},
    Route{"POST", "/v1/call/sessions/{}/killswitch", Access::principal, &change_killswitch},
    Route{"POST", "/v1/call/sessions/{}/capability", Access::principal, &create_capability,
          Counted::elsewhere},
    Route{"POST", "/v1/call/sessions/{}/invites", Access::principal, &create_invite},
    Route{"DELETE", "/v1/call/sessions/{}/invites/{}", Access::principal, &revoke_invite},
    Route{"POST", "/v1/call/invites/redeem", Access::open, &redeem_invite},
    Route{"GET", "/v1/search", Access::principal, &find_text},
    Route{"GET", "/v1/speech", Access::any_token, &speech_terms},
    Route{"POST", "/v1/documents", Access::any_token, &create_document},
    Route{"GET", "/v1/documents", Access::any_token, &list_documents},
    Route{"GET", "/v1/documents/{}", Access::any_token, &get_document},
    Route{"GET", "/v1/documents/{}/events", Access::any_token, &read_document_events},
    Route{"POST", "/v1/documents/{}/edits", Access::any_token, &edit_document, Counted::elsewhere},
    Route{"POST", "/v1/documents/{}/shares", Access::any_token, &share_document},
    Route{"DELETE", "/v1/documents/{}/shares/{}", Access::any_token, &unshare_document},
    Route{"GET", "/v1/agents", Access::principal, &list_agents},
    Route{"GET", "/v1/call/sessions/{}/grants", Access::principal, &list_grants},
    Route{"POST", "/v1/call/sessions/{}/grants", Access::principal, &create_grant},
    Route{"DELETE", "/v1/call/sessions/{}/grants/{}", Access::principal, &revoke_grant},
    Route{"GET", "/v1/tools", Access::principal, &list_tools},
    Route{"GET", "/v1/safety/killswitch", Access::principal, &list_killswitches},
    Route{"POST", "/v1/safety/killswitch", Access::principal, &change_safety_killswitch},
    Route{"GET", "/v1/safety/policy", Access::principal, &get_policy},
    Route{"PUT", "/v1/safety/policy", Access::principal, &change_policy},
    Route{"GET", "/v1/safety/decisions", Access::principal, &list_decisions},
    Route{"GET", "/v1/records/erasures", Access::principal, &list_erasures},
    Route{"POST", "/v1/records/erasures", Access::principal, &request_erasure},
    Route{"GET", "/v1/records/erasures/{}", Access::principal, &get_erasure},
    Route{"GET", "/v1/records/holds", Access::principal, &list_holds},
    Route{"POST", "/v1/records/holds", Access::principal, &change_hold},
    Route{"GET", "/v1/billing/cards", Access::principal, &list_cards},
    Route{"POST", "/v1/billing/cards", Access::principal, &activate_card},
    Route{"POST", "/v1/billing/accounts/{}/card", Access::principal, &assign_card},
    Route{"GET", "/v1/billing/accounts/{}/usage", Access::principal, &list_usage},
    Route{"GET", "/v1/billing/accounts/{}/charges", Access::principal, &list_charges},
    Route{"GET", "/v1/billing/accounts/{}/charges/{}", Access::principal, &trace_charge},
    Route{"GET", "/v1/billing/accounts/{}/margin", Access::principal, &get_margin},
    Route{"GET", "/v1/billing/accounts/{}/statements/{}", Access::principal, &get_statement},
    Route{"POST", "/v1/billing/accounts/{}/adjustments", Access::principal, &create_adjustment},
    Route{"POST", "/v1/billing/accounts/{}/imports", Access::principal, &import_statement},
    Route{"GET", "/v1/billing/accounts/{}/findings", Access::principal, &list_findings},
    Route{"GET", "/v1/billing/accounts/{}/findings/{}", Access::principal, &get_finding},
    Route{"POST", "/v1/billing/accounts/{}/findings/{}", Access::principal, &change_finding},
    Route{"GET", "/v1/billing/accounts/{}/budgets", Access::principal, &list_budgets},
    Route{"PUT", "/v1/billing/accounts/{}/budgets/{}", Access::principal, &change_budget},
    Route{"POST", "/v1/billing/accounts/{}/credit", Access::principal, &grant_credit},
    Route{"GET", "/v1/billing/accounts/{}/balance", Access::principal, &get_balance},
    Route{"GET", "/v1/billing/sinks", Access::principal, &list_sinks},
    Route{"POST", "/v1/billing/sinks/{}/resume", Access::principal, &resume_sink},
    Route{"GET", "/v1/billing/dead-letters", Access::principal, &list_dead_letters},
    Route{"GET", "/v1/billing/dead-letters/{}", Access::principal, &get_dead_letter},
    Route{"POST", "/v1/billing/dead-letters/redrive", Access::principal, &redrive_dead_letters},
    Route{"POST", "/v1/billing/dead-letters/discard", Access::principal, &discard_dead_letters},
    Route{"GET", "/v1/billing/reconciliations", Access::principal, &list_reconciliations},
    Route{"POST", "/v1/billing/reconciliations", Access::principal, &reconcile},
    Route{"GET", "/v1/billing/reconciliations/{}", Access::principal, &get_reconciliation},
    Route{"GET", "/v1/billing/alerts", Access::principal, &list_alerts},
    Route{"POST", "/v1/billing/alerts/{}/resend", Access::principal, &resend_alert},
    Route{"POST", "/v1/billing/alerts/{}/discard", Access::principal, &discard_alert},
    Route{"GET", "/v1/billing/keys", Access::principal, &list_signing_keys},
    Route{"POST", "/v1/billing/keys", Access::principal, &rotate_signing_key},
    Route{"POST", "/v1/billing/keys/{}/revoke", Access::principal, &revoke_signing_key},
    Route{"GET", "/v1/journal/heads", Access::principal, &list_heads},
    Route{"GET", "/v1/accounts", Access::principal, &list_accounts},
    Route{"POST", "/v1/accounts", Access::principal, &create_account},
    Route{"GET", "/v1/accounts/{}", Access::principal, &get_account},
    Route{"POST", "/v1/accounts/{}/state", Access::principal, &change_account_state},
    Route{"POST", "/v1/users", Access::principal, &create_user},
    Route{"GET", "/v1/users/{}", Access::principal, &get_user},
    Route{"POST", "/v1/users/{}/identities", Access::principal, &link_identity},
    Route{"DELETE", "/v1/users/{}/identities", Access::principal, &unlink_identity},
    Route{"GET", "/v1/keys", Access::principal, &list_keys},
    Route{"POST", "/v1/keys", Access::principal, &create_key},
    Route{"GET", "/v1/keys/{}", Access::principal, &get_key},
    Route{"DELETE", "/v1/keys/{}", Access::principal, &revoke_key},
    Route{"GET", "/v1/schema", Access::open, &schema_document},
    Route{"GET", "/v1/schema/{}", Access::open, &schema_document},
    Route{"GET", "/errors/{}", Access::open, &error_page},
    Route{"GET", "/healthz", Access::open, &health},
    Route{"GET", "/readyz", Access::open, &readiness},
    Route{"GET", "/.well-known/lifeline-keys.json", Access::open, &public_keys},
    Route{"GET", "/v1/dev", Access::open, &development},
    Route{"POST", "/v1/dev/token", Access::open, &development_token},
};

bool next_segment(std::string_view& path, std::string_view& segment) {
    if (path.empty() || path.front() != '/') return false;
    path.remove_prefix(1);
    const auto end = path.find('/');
    segment = path.substr(0, end);
    path = end == std::string_view::npos ? std::string_view() : path.substr(end);
    return true;
}

bool fits(std::string_view pattern, std::string_view path, std::vector<std::string>& captures) {
    captures.clear();
    std::string_view wanted;
    std::string_view given;
    while (next_segment(pattern, wanted)) {
        if (!next_segment(path, given)) return false;
        if (wanted != "{}") {
            if (wanted != given) return false;
        } else if (given.empty()) {
            return false;
        } else {
            captures.emplace_back(given);
        }
    }
    return path.empty();
}

}  // namespace

Match find_route(std::string_view method, std::string_view path) {
    Match match;
    // HEAD is GET without the body, which is the HTTP server's business.
    if (method == "HEAD") method = "GET";
    for (const Route& route : table) {
        std::vector<std::string> captures;
        if (!fits(route.pattern, path, captures)) continue;
        if (!match.allow.empty()) match.allow += ", ";
        match.allow += route.method == "GET" ? "GET, HEAD" : route.method;
        if (route.method != method) continue;
        match.route = &route;
        match.captures = std::move(captures);
        return match;
    }
    return match;
}

}  // namespace lifeline::api
