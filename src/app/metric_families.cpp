#include "app/metric.h"

namespace lifeline::app {

namespace {

using enum MetricFamily::Kind;

constexpr MetricFamily families[] = {
    {"lifeline_scrape_source_answered", gauge,
     "Whether a part of the server answered this scrape in time; the figures of one that did not "
     "are missing."},
    {"lifeline_http_connections", gauge, "Connections inside, WebSockets included."},
    {"lifeline_http_accepted_total", counter, "Connections that came, whatever became of them."},
    {"lifeline_http_turned_away_total", counter,
     "Connections that a limit turned away before a request was read, by limit."},
    {"lifeline_http_dropped_total", counter, "Of these, those that were not even told."},
    {"lifeline_rest_answers_total", counter, "Answers of REST routes, by status."},
    {"lifeline_refusals_total", counter,
     "Refusals by reason: of HTTP itself, of an upgrade to a WebSocket, of a REST route."},
    {"lifeline_websocket_connections", gauge, "Open WebSockets."},
    {"lifeline_websocket_connected_total", counter, "WebSockets that were opened."},
    {"lifeline_websocket_resumed_total", counter, "Of these, with a cursor."},
    {"lifeline_websocket_lines_continued_total", counter, "Of these, with a resume token."},
    {"lifeline_websocket_superseded_total", counter,
     "Connections that the newest one of their line replaced."},
    {"lifeline_websocket_replayed_events_total", counter,
     "Events that were missed by those who connected."},
    {"lifeline_websocket_shed_total", counter,
     "Slow connections that were closed because memory for others was short."},
    {"lifeline_websocket_refreshed_total", counter, "Access tokens renewed on open sockets."},
    {"lifeline_websocket_received_bytes_total", counter, "Bytes that clients sent."},
    {"lifeline_websocket_errors_total", counter, "Error frames, by reason."},
    {"lifeline_websocket_closes_total", counter, "WebSockets that the server closed, by reason."},
    {"lifeline_websocket_frames_refused_total", counter, "Frames that were refused."},
    {"lifeline_websocket_events_published_total", counter, "Events that came by a WebSocket."},
    {"lifeline_session_actors", gauge, "Calls in memory."},
    {"lifeline_calls_open", gauge, "Calls that are not over."},
    {"lifeline_roster_lag_events", gauge, "Events that the view of all calls is behind."},
    {"lifeline_actions_running", gauge, "Actions that are being executed."},
    {"lifeline_actions_waiting_calls", gauge, "Calls whose actions wait for their turn."},
    {"lifeline_actions_claimed_total", counter, "Attempts to claim an approved action."},
    {"lifeline_actions_claims_refused_total", counter,
     "Of these, refused: blocked by now, over, or somebody else's."},
    {"lifeline_actions_executed_total", counter, "Attempts that were handed to a tool."},
    {"lifeline_actions_outcomes_total", counter, "What came of them, by outcome."},
    {"lifeline_actions_overrun_total", counter, "Tools that did not answer in time."},
    {"lifeline_actions_outcome_retries_total", counter,
     "Outcomes that storage did not take at once."},
    {"lifeline_actions_outcomes_unwanted_total", counter,
     "Outcomes that came when their call had given them up."},
    {"lifeline_actions_looks_refused_total", counter,
     "Times a call's actions had to wait since too many calls did."},
    {"lifeline_actions_without_executor_total", counter,
     "Approved actions for which this server has no tool."},
    {"lifeline_journal_position", gauge, "The last durable event."},
    {"lifeline_journal_commits_total", counter, "Groups of events that became durable."},
    {"lifeline_journal_events_total", counter, "Events that became durable."},
    {"lifeline_journal_group_events", histogram, "Events of one commit."},
    {"lifeline_journal_commit_duration_seconds", histogram, "What one commit took, its fsync too."},
    {"lifeline_journal_full_total", counter, "Commits for which the disk had no room."},
    {"lifeline_journal_failures_total", counter,
     "Failed writes and fsyncs; after one the journal stops."},
    {"lifeline_journal_index_flushes_total", counter, "Times the index was written out."},
    {"lifeline_journal_health", gauge, "1 for the state the journal is in."},
    {"lifeline_sink_charges_waiting", gauge, "Charges that a sink has not yet."},
    {"lifeline_sink_charges_delivered_total", counter, "Charges that a sink has."},
    {"lifeline_sink_dead_letters", gauge, "Charges of a sink that wait for a person."},
    {"lifeline_sink_oldest_charge_seconds", gauge,
     "How long ago the oldest charge that waits was booked; 0 while none does."},
    {"lifeline_sink_state", gauge, "1 for the state a sink is in."},
    {"lifeline_reconciliation_runs_total", counter, "Runs of the reconciliation."},
    {"lifeline_reconciliation_refused_total", counter, "Runs that could not be made."},
    {"lifeline_reconciliation_last_run_seconds", gauge, "How long ago the last run was made."},
    {"lifeline_reconciliation_last_run_findings", gauge, "Differences that the last run saw."},
    {"lifeline_findings_unresolved", gauge, "Differences of which nobody has said what they are."},
    {"lifeline_statements_stuck", gauge,
     "Statements of months that are over and that cannot be made up."},
    {"lifeline_alerts_waiting", gauge, "Alerts that are still to be told."},
    {"lifeline_alerts_parked", gauge, "Alerts that were given up and wait for a person."},
    {"lifeline_process_resident_memory_bytes", gauge, "Memory in use."},
    {"lifeline_process_open_fds", gauge, "Open files and sockets."},
    {"lifeline_process_max_fds", gauge, "As many as may be open."},
    {"lifeline_process_uptime_seconds", gauge, "Since the server began to start."},
};

}  // namespace

std::span<const MetricFamily> metric_families() {
    return families;
}

}  // namespace lifeline::app
