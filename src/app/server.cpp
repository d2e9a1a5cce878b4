#include "app/server.h"

#include <fmt/format.h>
#include <pthread.h>
#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/signal_set.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "api/api.h"
#include "app/agents.h"
#include "app/boot_number.h"
#include "app/certificate.h"
#include "app/effects.h"
#include "app/instance_log.h"
#include "app/metric_sources.h"
#include "app/metrics_server.h"
#include "app/reload.h"
#include "app/secret_source.h"
#include "app/stopping.h"
#include "base/asio_loop.h"
#include "base/log.h"
#include "base/thread_worker.h"
#include "gateway/gateway.h"
#include "identity/administration.h"
#include "identity/authenticator.h"
#include "identity/net_fetcher.h"
#include "journal/sql_journal.h"
#include "library/library.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "net/tcp_socket.h"
#include "roster/roster.h"
#include "session/document_news.h"
#include "session/documents.h"
#include "session/sessions.h"
#include "softstate/sql_ack_store.h"
#include "speech/transcriber.h"

namespace lifeline::app {

namespace {

// Beyond the drain: for requests that are being answered.
constexpr Millis stop_grace = std::chrono::seconds(5);
// For tools that are being called.
constexpr Millis effects_grace = std::chrono::seconds(10);

std::size_t loops_wanted(const Config& config) {
    if (config.loops > 0) return config.loops;
    return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 8);
}

// Every connection is an open file: take what the system allows.
void raise_file_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

// The whole house in the order in which it stands: what is below outlives what is above.
struct Server::House {
    Config config;
    SystemClock clock;
    SystemRandom random;         // Of the first loop.
    SystemRandom writer_random;  // Of the journal's writer.
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
    std::unique_ptr<identity::Authenticator> authenticator;
    std::optional<identity::Administration> administration;
    std::unique_ptr<roster::Roster> roster;
    std::unique_ptr<audit::Audit> audit;
    std::unique_ptr<library::Library> library;
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

    Status build();
    Status open_journal();
    Status open_ears();
    std::vector<softstate::Ack> open_acks();
    Status build_doors();
    void start();
    void take_up_calls();
    void take_up_documents(std::vector<std::string> calls);
    void serve();
    void give_up(const Error& error);
    void await_signal();
    void stop();
    void drain();
    void close_down();
    void finish_effects();
    void leave();
    Status readiness() const;
};

Status Server::House::build() {
    raise_file_limit();
    std::error_code failed;
    if (std::filesystem::create_directories(config.data, failed) && !failed)
        std::filesystem::permissions(config.data, std::filesystem::perms::owner_all, failed);
    if (failed)
        return fail(Code::malformed, "config_invalid",
                    fmt::format("{} cannot be made: {}", config.data.string(), failed.message()));
    for (std::size_t i = 0; i < loops_wanted(config); ++i)
        loops.push_back(std::make_unique<AsioLoop>());
    writer = std::make_unique<ThreadWorker>("journal-write");
    marker = std::make_unique<ThreadWorker>("journal-mark");
    reader = std::make_unique<ThreadWorker>("journal-read");
    views = std::make_unique<ThreadWorker>("views");
    if (const auto opened = open_journal(); !opened) return opened;
    auto opened_keys = identity::InstanceKeys::open_or_create(config.data / "keys", random);
    if (!opened_keys) return fail(opened_keys.error());
    keys.emplace(std::move(*opened_keys));

    std::vector<Loop*> all;
    for (auto& loop : loops) all.push_back(loop.get());
    sessions.emplace(all, *journal);
    documents.emplace(all, *journal);
    news.emplace(*documents, *sessions);
    instance = std::make_unique<InstanceLog>(front(), *journal);
    resolver = std::make_unique<ThreadWorker>("resolver");
    auto made_client = net::HttpClient::create(front(), *resolver, {});
    if (!made_client) return fail(made_client.error());
    client = std::move(*made_client);
    fetcher = std::make_unique<identity::NetFetcher>(*client);
    if (const auto opened = open_ears(); !opened) return opened;
    auto made_effects =
        Effects::create({front(), *client, *sessions, *documents, *journal}, config);
    if (!made_effects) return fail(made_effects.error());
    effects = std::move(*made_effects);
    auto made_agents = Agents::create({.home = front(),
                                       .resolver = *resolver,
                                       .sessions = *sessions,
                                       .journal = *journal,
                                       .tools = [this] { return effects->registry(); }},
                                      config.agents);
    if (!made_agents) return fail(made_agents.error());
    agents = std::move(*made_agents);
    stops.emplace(front(), *instance, *effects, random);
    auto made = identity::Authenticator::create(
        {.issuers = config.issuers, .cache = {}},
        {*keys, instance->directory(), *instance, *fetcher, random, front()});
    if (!made) return fail(made.error());
    authenticator = std::move(*made);
    administration.emplace(instance->directory(), *instance, random, front());
    roster = std::make_unique<roster::Roster>(front(), *views, *journal);
    audit = std::make_unique<audit::Audit>(front(), *views, *journal);
    library = std::make_unique<library::Library>(front(), *views, *journal);
    for (const auto& shard : documents->shards()) shard->on_appended = [this] { library->poke(); };
    for (const auto& shard : sessions->shards())
        shard->on_appended = [this] {
            roster->poke();
            audit->poke();
        };
    return build_doors();
}

Status Server::House::open_ears() {
    const SpeechConfig& speech = config.speech;
    if (speech.base_url.empty()) return {};
    auto key = read_secret("speech", speech.key_file, speech.key_env);
    if (!key) return fail(key.error());
    transcriber = std::make_unique<speech::Transcriber>(
        *client, random,
        speech::TranscriberOptions{.base_url = speech.base_url,
                                   .model = speech.model,
                                   .key = std::move(*key),
                                   .timeout = speech.timeout});
    return {};
}

Status Server::House::open_journal() {
    auto opened = journal::SqlJournal::open(
        {.folder = {config.data.string()},
         .writer = *writer,
         .marker = *marker,
         .reader = *reader,
         .clock = clock,
         .random = writer_random,
         .on_fatal =
             [this](const Error& error) {
                 log::error("the disk failed, nothing is acknowledged any more: {} {}",
                            error.reason, error.detail);
                 storage_failed = true;
                 ready = false;
                 front().post([this, error] { give_up(error); });
             },
         .on_corrupt =
             [](const Error& error) {
                 log::error("stored bytes are not what was written: {} {}", error.reason,
                            error.detail);
             }});
    if (!opened) return fail(opened.error());
    journal = std::move(*opened);
    return {};
}

// A server without them shows consumers more than they asked for; it does not stay away.
std::vector<softstate::Ack> Server::House::open_acks() {
    state_writer = std::make_unique<ThreadWorker>("soft-state");
    auto opened =
        softstate::SqlAckStore::open({.path = (config.data / "state.db").string(),
                                      .epoch = std::string(journal->epoch()),
                                      .now = clock.wall(),
                                      .acks_max = config.limits.acks_remembered_max * loops.size()},
                                     *state_writer);
    if (!opened) {
        log::warn("acks are not kept over a restart: reason={} {}", opened.error().reason,
                  opened.error().detail);
        return {};
    }
    ack_store = std::move(opened->store);
    return std::move(opened->acks);
}

Status Server::House::build_doors() {
    auto parsed = net::OriginList::parse(config.origins);
    if (!parsed) return fail(parsed.error());
    origins.emplace(std::move(*parsed));
    const auto boot = next_boot_number(config.data);
    if (!boot) return fail(boot.error());
    auto acks = open_acks();
    gateway = std::make_unique<gateway::Gateway>(
        gateway::Gateway::Parts{
            .sessions = *sessions,
            .documents = *documents,
            .authenticator = *authenticator,
            .accepting = front(),
            .keys = *keys,
            .origins = *origins,
            .random = random,
            .epoch = journal->epoch(),
            .boot = *boot,
            .adopt =
                [this, send_buffer = config.limits.send_buffer_bytes](std::size_t lane,
                                                                      net::Link link) {
                    net::bound_send_buffer(link.fd, send_buffer);
                    return net::adopt(*loops[lane], std::move(link));
                },
            .problem =
                [this](const net::Request& request, const Error& error, std::string_view terminal) {
                    return api->refusal(request, error, terminal);
                },
            .ack_store = ack_store.get()},
        config.limits, config.retry, std::move(acks));
    api = std::make_unique<api::Api>(
        api::Api::Parts{.sessions = *sessions,
                        .documents = *documents,
                        .gateway = *gateway,
                        .authenticator = *authenticator,
                        .administration = *administration,
                        .keys = *keys,
                        .journal = *journal,
                        .roster = *roster,
                        .audit = *audit,
                        .library = *library,
                        .origins = *origins,
                        .clock = clock,
                        .random = random,
                        .defaults = config.calls,
                        .development = {.enabled = config.dev,
                                        .agent_user_id = config.dev_agent && config.agents.empty()
                                                             ? "usr_dev_agent"
                                                             : ""},
                        .public_url = config.public_url,
                        .ready = [this] { return readiness(); },
                        .port = [this] { return http->port(); },
                        .tools = [this] { return effects->registry(); },
                        .transcriber = transcriber.get(),
                        .stop =
                            [this](safety::StopChange change, Loop& from, Stopping::Done done) {
                                stops->change(std::move(change), from, std::move(done));
                            },
                        .stops =
                            [this](Loop& from, Stopping::Done done) {
                                stops->look(from, std::move(done));
                            },
                        .agents = [this] { return agents->list(); }});
    auto tls = load_certificate(config.tls);
    if (!tls) return fail(tls.error());
    http = std::make_unique<net::HttpServer>(
        front(), random, door_of(config, *tls),
        [this](std::shared_ptr<net::Exchange> exchange) { api->handle(std::move(exchange)); },
        [this](const net::HttpRefusal& refusal) { return api->refusal(refusal); });
    if (!config.metrics_address.empty())
        metrics.emplace(
            front(), random, MetricsServer::Address{config.metrics_address, config.metrics_port},
            metric_sources({front(), *sessions, *gateway, *api, *journal, *roster, *http, *views}));
    files = std::make_unique<ThreadWorker>("files");
    reload = std::make_unique<Reload>(
        front(), *files, config, *tls, read_again,
        Reload::Doors{.http = *http,
                      .api = *api,
                      .origins = *origins,
                      .authenticator = *authenticator,
                      .gateway_limits =
                          [this](const gateway::Limits& limits) { gateway->take_limits(limits); },
                      .policy =
                          [this](safety::Policy policy, Millis confirm_within) {
                              effects->take_policy(std::move(policy), confirm_within);
                          }});
    // Whose rights were taken away is cut at once, wherever they are connected.
    administration->on_revoked = [this](const identity::Revocation& revocation) {
        const auto why =
            [revocation](const identity::Principal& principal) -> std::optional<Error> {
            if (!identity::concerns(revocation, principal)) return std::nullopt;
            return identity::refusal_of(revocation);
        };
        gateway->cut(why);
        api->open_streams().cut(why);
    };
    return {};
}

// On the first loop: each step when the one before is done.
void Server::House::start() {
    instance->load([this](Status loaded) {
        if (!loaded) return give_up(loaded.error());
        authenticator->warm_up();
        stops->restore([] {});  // Told to every loop before any call is taken up.
        roster->start((config.data / "views.db").string(), [this](Status followed) {
            if (!followed) return give_up(followed.error());
            audit->start((config.data / "audit.db").string(), [this](Status audited) {
                if (!audited) return give_up(audited.error());
                library->start((config.data / "library.db").string(), [this](Status listed) {
                    if (!listed) return give_up(listed.error());
                    take_up_calls();
                });
            });
        });
    });
}

// Every call that was open goes on: its deadlines run again, and the lines that the old process
// held are told as lost.
void Server::House::take_up_calls() {
    roster->open_calls(front(), [this](Result<std::vector<std::string>> ids) {
        if (!ids) return give_up(ids.error());
        log::info("took up open calls count={}", ids->size());
        for (const std::string& id : *ids)
            sessions->submit(
                id, {call::Recovered{}, {"server", "lifeline"}, contract::Role::server}, front(),
                [id](Result<session::Receipt> receipt) {
                    if (!receipt)
                        log::warn("session={} not taken up reason={}", id, receipt.error().reason);
                });
        take_up_documents(std::move(*ids));
        serve();
        agents->start(*roster);
    });
}

// What the old process wrote to a document and did not tell its calls any more, they are told now:
// a document that is opened tells them.
void Server::House::take_up_documents(std::vector<std::string> calls) {
    library->shared_with(std::move(calls), front(), [this](Result<std::vector<std::string>> ids) {
        if (!ids) return log::warn("documents not taken up reason={}", ids.error().reason);
        for (const std::string& id : *ids)
            documents->look<bool>(
                id, front(), [](session::DocumentActor&) -> Result<bool> { return true; },
                [id](const Result<bool>& opened) {
                    if (!opened)
                        log::warn("document={} not taken up reason={}", id, opened.error().reason);
                });
    });
}

void Server::House::serve() {
    if (const auto listening = http->listen(); !listening) return give_up(listening.error());
    if (metrics) {
        if (const auto shown = metrics->listen(); !shown) return give_up(shown.error());
        log::info("metrics address={} port={}", config.metrics_address, metrics->port());
    }
    ready = true;
    reload->start();
    effects->start();
    const bool bracket = config.address.find(':') != std::string::npos;
    std::printf("ready %s://%s%s%s:%u\n", config.tls.given() ? "https" : "http", bracket ? "[" : "",
                config.address.c_str(), bracket ? "]" : "", static_cast<unsigned>(http->port()));
    std::fflush(stdout);
    log::info("serving data={} epoch={} position={} loops={}{}", config.data.string(),
              journal->epoch(), journal->head_position(), loops.size(),
              config.dev ? " development=true (pages on this machine may mint tokens)" : "");
}

void Server::House::give_up(const Error& error) {
    outcome = fail(error);
    stop();
}

// The first signal to stop asks everybody to move; a second one does not wait for them. A terminal
// that hangs up ends what was started for a while on it; to a server it says "read your
// configuration again".
void Server::House::await_signal() {
    signals->async_wait([this](const boost::system::error_code& error, int signal) {
        if (error) return;
        if (signal == SIGHUP && !config.dev) {
            reload->reload();
            return await_signal();
        }
        log::info("stopping signal={}{}", signal, stopping ? " at once" : "");
        if (stopping) {
            close_down();
        } else {
            drain();
        }
        await_signal();
    });
}

// While clients are asked to move, requests are still answered, and new sockets told to come later.
void Server::House::drain() {
    stopping = true;
    ready = false;
    if (config.drain == Millis{0}) return close_down();
    drain_timer = front().start_timer(config.drain, [this] {
        drain_timer = 0;
        close_down();
    });
    gateway->drain(config.drain, front(), [this] { close_down(); });
}

void Server::House::stop() {
    stopping = true;
    ready = false;
    close_down();
}

// Tells who is still here, finishes what was asked, leaves the files at rest.
void Server::House::close_down() {
    if (std::exchange(leaving, true)) return;
    if (drain_timer != 0) front().cancel_timer(std::exchange(drain_timer, 0));
    reload->stop();
    agents->stop();
    gateway->close_all(
        storage_failed ? contract::CloseCode::internal : contract::CloseCode::draining,
        storage_failed ? "commit_failed" : "draining");
    http->stop(stop_grace, [this] { finish_effects(); });
}

// What runs out there has its say before the journal closes, for a while: what has none then is not
// known to have happened, and the next start says so.
void Server::House::finish_effects() {
    const auto close = std::make_shared<std::move_only_function<void()>>(
        [this] { journal->close(front(), [this](Status) { leave(); }); });
    const auto once = [close] {
        if (auto last = std::exchange(*close, {})) last();
    };
    effects_timer = front().start_timer(effects_grace, [this, once] {
        effects_timer = 0;
        once();
    });
    effects->drain([this, once] {
        if (effects_timer != 0) front().cancel_timer(std::exchange(effects_timer, 0));
        once();
    });
}

Status Server::House::readiness() const {
    // The worst first: whatever else is so, a failed or a full disk is what somebody has to look
    // at.
    switch (journal->health()) {
        case journal::Health::failed:
            return fail(Code::unavailable, "storage_unavailable", "the disk failed");
        case journal::Health::full:
            return fail(Code::unavailable, "storage_unavailable", "the disk is full");
        case journal::Health::corrupt:
            return fail(Code::unavailable, "corruption_found",
                        "stored bytes are not what was written; the log says which");
        case journal::Health::ok:
            break;
    }
    if (!ready) return fail(Code::unavailable, "not_ready", "events cannot be acknowledged now");
    return {};
}

void Server::House::leave() {
    signals.reset();
    for (auto& loop : loops) loop->stop();
}

Server::Server(Config config, std::function<Result<Config>()> read_again)
    : house_(std::make_unique<House>(std::move(config), std::move(read_again))) {}

Server::~Server() = default;

Status Server::run() {
    House& house = *house_;
    if (const auto built = house.build(); !built) {
        if (house.journal) house.journal->stop_scrub();
        return built;
    }
    house.signals.emplace(house.front().context(), SIGTERM, SIGINT, SIGHUP);
    house.await_signal();
    house.front().post([&house] { house.start(); });
    for (std::size_t i = 1; i < house.loops.size(); ++i)
        house.threads.emplace_back([&loop = *house.loops[i]] { loop.run(); });
    house.front().run();
    for (auto& thread : house.threads) thread.join();
    return house.outcome;
}

}  // namespace lifeline::app
