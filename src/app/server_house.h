#pragma once

#include <atomic>
#include <boost/asio/signal_set.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "api/api.h"
#include "app/agents.h"
#include "app/books_again.h"
#include "app/card_book_desk.h"
#include "app/certificate.h"
#include "app/charge_mender.h"
#include "app/charge_writer.h"
#include "app/effects.h"
#include "app/eraser.h"
#include "app/expiry.h"
#include "app/finding_desk.h"
#include "app/instance_log.h"
#include "app/meter_writer.h"
#include "app/metering_clock.h"
#include "app/metric_sources.h"
#include "app/metrics_server.h"
#include "app/policies.h"
#include "app/reconciler.h"
#include "app/record_signer.h"
#include "app/reload.h"
#include "app/server.h"
#include "app/sink_office.h"
#include "app/sink_questions.h"
#include "app/snapshot_writer.h"
#include "app/spend_guard.h"
#include "app/stopping.h"
#include "app/stream_eraser.h"
#include "app/stream_writer.h"
#include "archive/export.h"
#include "audit/audit.h"
#include "base/asio_loop.h"
#include "base/thread_worker.h"
#include "billing/billing.h"
#include "findings/findings.h"
#include "gateway/gateway.h"
#include "identity/administration.h"
#include "identity/authenticator.h"
#include "identity/net_fetcher.h"
#include "journal/sql_journal.h"
#include "library/library.h"
#include "metering/metering.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "orchestration/confirmation_hook.h"
#include "orchestration/head_publisher.h"
#include "outbox/outbox.h"
#include "reconciliation/reconciliation.h"
#include "roster/roster.h"
#include "search/search.h"
#include "session/document_news.h"
#include "session/documents.h"
#include "session/sessions.h"
#include "snapshots/snapshots.h"
#include "softstate/sql_ack_store.h"
#include "speech/transcriber.h"

namespace lifeline::app {

// The whole house in the order in which it stands: what is below outlives what is above.
struct Server::House {
    Config config;
    SystemClock clock;
    SystemRandom random;         // Of the first loop.
    SystemRandom writer_random;  // Of the journal's writer.
    SystemRandom signer_random;  // Of who makes keys.
    std::vector<std::unique_ptr<AsioLoop>> loops;
    std::vector<std::thread> threads;
    std::optional<identity::InstanceKeys> keys;
    std::unique_ptr<journal::SqlJournal> journal;
    std::unique_ptr<ThreadWorker> writer;
    std::unique_ptr<ThreadWorker> marker;
    std::unique_ptr<ThreadWorker> reader;
    std::unique_ptr<ThreadWorker> views;
    std::optional<session::Sessions> sessions;
    std::optional<session::Documents> documents;
    std::optional<session::DocumentNews> news;
    std::unique_ptr<InstanceLog> instance;
    std::unique_ptr<ThreadWorker> resolver;
    std::unique_ptr<net::HttpClient> client;
    std::unique_ptr<identity::NetFetcher> fetcher;
    std::unique_ptr<speech::Transcriber> transcriber;  // Null where none is configured.
    std::unique_ptr<Effects> effects;
    std::unique_ptr<Agents> agents;
    std::optional<Stopping> stops;
    std::optional<Policies> policies;
    std::unique_ptr<identity::Authenticator> authenticator;
    std::optional<identity::Administration> administration;
    std::unique_ptr<roster::Roster> roster;
    std::unique_ptr<ThreadWorker> searcher;  // Its own: a search is no other view's wait.
    std::unique_ptr<search::Search> search;
    std::unique_ptr<audit::Audit> audit;
    std::unique_ptr<library::Library> library;
    std::unique_ptr<snapshots::Snapshots> snapshots;
    std::unique_ptr<ThreadWorker> meterer;  // Its own: what is measured is no other view's wait.
    std::unique_ptr<metering::Metering> metering;
    std::unique_ptr<billing::Billing> billing;
    std::unique_ptr<findings::Findings> findings;
    std::unique_ptr<outbox::Outbox> outbox;
    std::unique_ptr<ThreadWorker> recounter;  // Its own: a run is nobody's wait.
    std::unique_ptr<reconciliation::Reconciliation> recount;
    std::optional<StreamWriter> house_streams;
    std::optional<RecordSigner> record_signer;
    std::optional<MeteringClock> metering_clock;
    std::optional<MeterWriter> meter_writer;
    std::optional<ChargeWriter> charge_writer;
    std::optional<CardBookDesk> card_desk;
    std::optional<SpendGuard> spend_guard;
    std::unique_ptr<ThreadWorker> sink_files;
    std::optional<SinkOffice> sink_office;
    std::optional<FindingDesk> finding_desk;
    std::optional<ReportFiles> report_files;
    std::optional<AlertSender> alerts;  // None where no URL is configured.
    std::optional<SinkQuestions> sink_questions;
    std::optional<BooksAgain> books_again;
    std::optional<ChargeMender> charge_mender;
    std::optional<Reconciler> reconciler;
    std::optional<StreamEraser> stream_eraser;
    std::optional<SnapshotWriter> snapshot_writer;
    std::optional<Eraser> eraser;
    std::optional<Expiry> expiry;
    std::optional<orchestration::ConfirmationHook> hook;
    std::unique_ptr<ThreadWorker> prover;
    std::optional<archive::Exports> exports;
    std::unique_ptr<orchestration::HeadPublisher> publisher;
    std::optional<net::OriginList> origins;
    std::unique_ptr<ThreadWorker> state_writer;
    std::unique_ptr<softstate::AckStore> ack_store;
    std::unique_ptr<gateway::Gateway> gateway;
    std::unique_ptr<api::Api> api;
    std::unique_ptr<net::HttpServer> http;
    std::optional<MetricsServer> metrics;
    std::function<Result<Config>()> read_again;
    std::unique_ptr<Reload> reload;
    std::unique_ptr<ThreadWorker> files;  // Reads what is reloaded; finished before the above go.
    std::optional<boost::asio::signal_set> signals;
    std::atomic<bool> ready = false;
    std::atomic<bool> storage_failed = false;
    Status outcome;
    bool stopping = false;
    bool leaving = false;
    Loop::TimerId drain_timer = 0;
    Loop::TimerId effects_timer = 0;

    House(Config given, std::function<Result<Config>()> reads)
        : config(std::move(given)), read_again(std::move(reads)) {}

    AsioLoop& front() { return *loops.front(); }

    // server_build.cpp
    Status build();
    Status open_journal();
    std::vector<softstate::Ack> open_acks();
    // server_doors.cpp
    Status build_doors();
    // server_records.cpp
    void build_records();
    api::RecordKeeper record_keeper();
    // server_metering.cpp
    Status build_metering();
    void start_metering();
    void start_measuring(bool may_sign);
    api::CardDesk desk_for_cards();
    api::KeyDesk desk_for_keys();
    // server_sinks.cpp
    Status build_sinks();
    void start_sinks();
    api::SinkDesk desk_for_sinks();
    // server_budgets.cpp
    void build_budgets();
    api::BudgetDesk desk_for_budgets();
    // server_reconciliation.cpp
    Status build_reconciliation();
    void start_reconciliation();
    api::ReconciliationDesk desk_for_reconciliation();
    void count_reconciled(Loop& from, journal::Done<Reconciled> done);
    // Statements that cannot be made up, up to a hundred.
    void count_stuck(Loop& from, journal::Done<std::uint64_t> done);
    // server_proofs.cpp
    Status build_proofs();
    api::ProofKeeper proof_keeper();
    void give_last_head();
    // server_effects.cpp
    Status build_effects();
    Status build_agents();
    Status open_ears();
    Status build_hook();
    void count_today(orchestration::ToCount what, journal::Done<call::DayCounts> done);
    void finish_effects();
    // server.cpp
    void start();
    void take_up_calls();
    void take_up_documents(std::vector<std::string> calls);
    void serve();
    void give_up(const Error& error);
    void await_signal();
    void stop();
    void drain();
    void close_down();
    void leave();
    Status readiness() const;
};

}  // namespace lifeline::app
