#include "app/metric_sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "app/process_figures.h"

namespace lifeline::app {

namespace {

template <class Number>
double number(Number value) {
    return static_cast<double>(value);
}

std::string_view text_of(api::Counters::Door door) {
    switch (door) {
        case api::Counters::Door::http:
            return "http";
        case api::Counters::Door::upgrade:
            return "upgrade";
        case api::Counters::Door::rest:
            break;
    }
    return "rest";
}

constexpr std::pair<journal::Health, std::string_view> healths[] = {
    {journal::Health::ok, "ok"},
    {journal::Health::full, "full"},
    {journal::Health::corrupt, "corrupt"},
    {journal::Health::failed, "failed"},
};

// What can be read on the home loop as it stands.
Samples at_home(const Watched& watched, SteadyTime began) {
    Samples out = samples_of(watched.api.counters());
    std::ranges::move(samples_of(watched.journal.figures(), watched.journal.health()),
                      std::back_inserter(out));
    std::ranges::move(samples_of(watched.runner()), std::back_inserter(out));
    std::ranges::move(samples_of(watched.http.counters()), std::back_inserter(out));
    const std::uint64_t head = watched.journal.head_position();
    const std::uint64_t seen = watched.roster.position();
    const std::chrono::duration<double> up = watched.home.clock().steady() - began;
    out.push_back(
        {.name = "lifeline_http_connections", .value = number(watched.http.connections())});
    out.push_back({.name = "lifeline_journal_position", .value = number(head)});
    out.push_back(
        {.name = "lifeline_roster_lag_events", .value = number(head - std::min(seen, head))});
    out.push_back({.name = "lifeline_process_uptime_seconds", .value = up.count()});
    return out;
}

MetricSource of_loop(const Watched& watched, std::size_t index) {
    session::Shard& shard = *watched.sessions.shards()[index];
    gateway::Lane& lane = watched.gateway.lane(index);
    return {.name = fmt::format("loop-{}", index),
            .ask = [&home = watched.home, &shard, &lane, index](MetricSource::Answer done) {
                shard.loop().post([&home, &shard, &lane, index, done = std::move(done)]() mutable {
                    home.post([samples = samples_of(lane.counters(), shard.open(), index),
                               done = std::move(done)]() mutable { done(std::move(samples)); });
                });
            }};
}

}  // namespace

Samples samples_of(const gateway::Counters& counters, std::size_t actors, std::size_t loop) {
    const Sample::Labels labels{{"loop", std::to_string(loop)}};
    const auto sample = [&](std::string_view name, std::uint64_t value) {
        return Sample{.name = name, .value = number(value), .labels = labels};
    };
    Samples out{
        sample("lifeline_websocket_connections", counters.connections),
        sample("lifeline_websocket_connected_total", counters.connected),
        sample("lifeline_websocket_resumed_total", counters.resumed),
        sample("lifeline_websocket_lines_continued_total", counters.lines_continued),
        sample("lifeline_websocket_superseded_total", counters.superseded),
        sample("lifeline_websocket_replayed_events_total", counters.replays_due),
        sample("lifeline_websocket_shed_total", counters.shed),
        sample("lifeline_websocket_refreshed_total", counters.refreshed),
        sample("lifeline_websocket_received_bytes_total", counters.received_bytes),
        sample("lifeline_websocket_frames_refused_total", counters.refused_frames),
        sample("lifeline_websocket_events_published_total", counters.published),
        sample("lifeline_session_actors", actors),
    };
    const auto by_reason = [&](std::string_view name, const auto& counts) {
        for (const auto& [reason, count] : counts)
            out.push_back({.name = name,
                           .value = number(count),
                           .labels = {{"loop", std::to_string(loop)}, {"reason", reason}}});
    };
    by_reason("lifeline_websocket_errors_total", counters.refusals);
    by_reason("lifeline_websocket_closes_total", counters.closes);
    return out;
}

Samples samples_of(const api::Counters& counters) {
    Samples out;
    for (const auto& [status, count] : counters.answers)
        out.push_back({.name = "lifeline_rest_answers_total",
                       .value = number(count),
                       .labels = {{"status", std::to_string(status)}}});
    for (const auto& [refusal, count] : counters.refusals)
        out.push_back({.name = "lifeline_refusals_total",
                       .value = number(count),
                       .labels = {{"door", std::string(text_of(refusal.first))},
                                  {"reason", std::string(refusal.second)}}});
    return out;
}

Samples samples_of(const net::HttpCounters& counters) {
    Samples out{{.name = "lifeline_http_accepted_total", .value = number(counters.accepted)},
                {.name = "lifeline_http_dropped_total", .value = number(counters.dropped)}};
    for (const auto& [limit, count] :
         {std::pair{"connections", counters.refused_full},
          std::pair{"descriptors_reserved", counters.refused_descriptors},
          std::pair{"accepts", counters.refused_rate},
          std::pair{"request_timeout", counters.timed_out}})
        out.push_back({.name = "lifeline_http_turned_away_total",
                       .value = number(count),
                       .labels = {{"limit", limit}}});
    return out;
}

Samples samples_of(const orchestration::RunnerCounters& counters) {
    Samples out{
        {.name = "lifeline_actions_running", .value = number(counters.running)},
        {.name = "lifeline_actions_waiting_calls", .value = number(counters.waiting_sessions)},
        {.name = "lifeline_actions_claimed_total", .value = number(counters.claims)},
        {.name = "lifeline_actions_claims_refused_total", .value = number(counters.claims_refused)},
        {.name = "lifeline_actions_executed_total", .value = number(counters.executed)},
        {.name = "lifeline_actions_overrun_total", .value = number(counters.overrun)},
        {.name = "lifeline_actions_outcome_retries_total",
         .value = number(counters.finish_retries)},
        {.name = "lifeline_actions_outcomes_unwanted_total",
         .value = number(counters.outcomes_unwanted)},
        {.name = "lifeline_actions_looks_refused_total", .value = number(counters.pokes_refused)},
        {.name = "lifeline_actions_without_executor_total", .value = number(counters.tool_unknown)},
    };
    const std::pair<std::string_view, std::uint64_t> outcomes[] = {
        {"succeeded", counters.succeeded},
        {"failed", counters.failed},
        {"unknown", counters.unknown},
        {"cancelled", counters.cancelled},
        {"handed_over", counters.handed_over}};
    for (const auto& [outcome, count] : outcomes)
        out.push_back({.name = "lifeline_actions_outcomes_total",
                       .value = number(count),
                       .labels = {{"outcome", std::string(outcome)}}});
    return out;
}

Samples samples_of(const journal::Figures& figures, journal::Health health) {
    Samples out{
        {.name = "lifeline_journal_commits_total", .value = number(figures.commits)},
        {.name = "lifeline_journal_events_total", .value = number(figures.events)},
        {.name = "lifeline_journal_group_events", .value = figures.group_events},
        {.name = "lifeline_journal_commit_duration_seconds", .value = figures.commit_seconds},
        {.name = "lifeline_journal_full_total", .value = number(figures.full)},
        {.name = "lifeline_journal_failures_total", .value = number(figures.failures)},
        {.name = "lifeline_journal_index_flushes_total", .value = number(figures.index_flushes)},
    };
    for (const auto& [state, word] : healths)
        out.push_back({.name = "lifeline_journal_health",
                       .value = state == health ? 1.0 : 0.0,
                       .labels = {{"state", std::string(word)}}});
    return out;
}

Samples samples_of(const std::vector<api::SinkDesk::Sink>& sinks, WallTime now) {
    Samples out;
    for (const auto& sink : sinks) {
        const auto add = [&](std::string_view name, double value) {
            out.push_back({.name = name, .value = value, .labels = {{"sink", sink.name}}});
        };
        add("lifeline_sink_charges_waiting", number(sink.counts.waiting));
        add("lifeline_sink_charges_delivered_total", number(sink.counts.delivered));
        add("lifeline_sink_dead_letters", number(sink.counts.parked));
        const auto oldest = parse_rfc3339(sink.counts.oldest);
        const std::chrono::duration<double> age = oldest ? now - *oldest : Millis(0);
        add("lifeline_sink_oldest_charge_seconds", std::max(age.count(), 0.0));
        for (const std::string_view state : {"running", "resting", "stopped"})
            out.push_back({.name = "lifeline_sink_state",
                           .value = sink.state == state ? 1.0 : 0.0,
                           .labels = {{"sink", sink.name}, {"state", std::string(state)}}});
    }
    return out;
}

Samples samples_of(const Reconciled& reconciled, WallTime now) {
    const Reconciler::Figures& runs = reconciled.runs;
    Samples out{
        {.name = "lifeline_reconciliation_runs_total", .value = number(runs.runs)},
        {.name = "lifeline_reconciliation_refused_total", .value = number(runs.refused)},
        {.name = "lifeline_findings_unresolved", .value = number(reconciled.findings.unresolved)},
    };
    if (runs.last != WallTime()) {
        const std::chrono::duration<double> age = now - runs.last;
        out.push_back({.name = "lifeline_reconciliation_last_run_seconds",
                       .value = std::max(age.count(), 0.0)});
        out.push_back(
            {.name = "lifeline_reconciliation_last_run_findings", .value = number(runs.findings)});
    }
    if (reconciled.alerts) {
        out.push_back({.name = "lifeline_alerts_waiting",
                       .value = number(reconciled.findings.alerts_waiting)});
        out.push_back(
            {.name = "lifeline_alerts_parked", .value = number(reconciled.findings.alerts_parked)});
    }
    return out;
}

std::vector<MetricSource> metric_sources(const Watched& watched) {
    std::vector<MetricSource> out;
    out.push_back({.name = "home",
                   .ask = [watched, began = watched.home.clock().steady()](
                              MetricSource::Answer done) { done(at_home(watched, began)); }});
    for (std::size_t i = 0; i < watched.sessions.shards().size(); ++i)
        out.push_back(of_loop(watched, i));
    out.push_back(
        {.name = "calls", .ask = [watched](MetricSource::Answer done) {
             watched.roster.count_open(
                 watched.home, [done = std::move(done)](Result<std::uint64_t> count) mutable {
                     if (!count) return done(fail(count.error()));
                     done(Samples{{.name = "lifeline_calls_open", .value = number(*count)}});
                 });
         }});
    out.push_back({.name = "sinks", .ask = [watched](MetricSource::Answer done) {
                       watched.sinks(
                           watched.home,
                           [&home = watched.home, done = std::move(done)](
                               const Result<std::vector<api::SinkDesk::Sink>>& sinks) mutable {
                               if (!sinks) return done(fail(sinks.error()));
                               done(samples_of(*sinks, home.clock().wall()));
                           });
                   }});
    out.push_back({.name = "reconciliation", .ask = [watched](MetricSource::Answer done) {
                       watched.reconciled(watched.home,
                                          [&home = watched.home, done = std::move(done)](
                                              const Result<Reconciled>& reconciled) mutable {
                                              if (!reconciled)
                                                  return done(fail(reconciled.error()));
                                              done(samples_of(*reconciled, home.clock().wall()));
                                          });
                   }});
    out.push_back(
        {.name = "statements", .ask = [watched](MetricSource::Answer done) {
             watched.statements_stuck(
                 watched.home,
                 [done = std::move(done)](const Result<std::uint64_t>& stuck) mutable {
                     if (!stuck) return done(fail(stuck.error()));
                     done(Samples{{.name = "lifeline_statements_stuck", .value = number(*stuck)}});
                 });
         }});
    out.push_back(
        {.name = "process", .ask = [watched](MetricSource::Answer done) {
             watched.worker.submit([&home = watched.home, done = std::move(done)]() mutable {
                 home.post([samples = process_samples(), done = std::move(done)]() mutable {
                     done(std::move(samples));
                 });
             });
         }});
    return out;
}

}  // namespace lifeline::app
