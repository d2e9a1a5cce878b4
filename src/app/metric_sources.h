#pragma once

#include <functional>
#include <vector>

#include "api/api.h"
#include "app/reconciler.h"
#include "app/scrape.h"
#include "gateway/gateway.h"
#include "journal/sql_journal.h"
#include "net/http_server.h"
#include "orchestration/runner.h"
#include "roster/roster.h"
#include "session/sessions.h"

namespace lifeline::app {

// What is known of the second count.
struct Reconciled {
    Reconciler::Figures runs;
    findings::Counts findings;
    bool alerts = false;  // Somebody is told.
};

// What a running server can be asked about; all of it outlives the sources.
struct Watched {
    Loop& home;  // The HTTP server's, where also the roster lives.
    session::Sessions& sessions;
    gateway::Gateway& gateway;
    const api::Api& api;
    const journal::SqlJournal& journal;
    roster::Roster& roster;
    const net::HttpServer& http;
    Worker& worker;                                         // For what blocks.
    std::function<orchestration::RunnerCounters()> runner;  // On the home loop.
    std::function<void(Loop& from, journal::Done<std::vector<api::SinkDesk::Sink>>)> sinks;
    std::function<void(Loop& from, journal::Done<Reconciled>)> reconciled;
    std::function<void(Loop& from, journal::Done<std::uint64_t>)> statements_stuck;
};

// One for each loop, whose plain counters are read by a job there, and one for each of the rest.
std::vector<MetricSource> metric_sources(const Watched& watched);

// What each room counts, as samples: to show one more figure, name its family in
// metric_families.cpp and add it here.
Samples samples_of(const gateway::Counters& counters, std::size_t actors, std::size_t loop);
Samples samples_of(const api::Counters& counters);
Samples samples_of(const net::HttpCounters& counters);
Samples samples_of(const orchestration::RunnerCounters& counters);
Samples samples_of(const journal::Figures& figures, journal::Health health);
Samples samples_of(const std::vector<api::SinkDesk::Sink>& sinks, WallTime now);
Samples samples_of(const Reconciled& reconciled, WallTime now);

}  // namespace lifeline::app
