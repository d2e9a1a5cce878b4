#include <cstdio>
#include <utility>

#include "app/server_house.h"
#include "base/log.h"

namespace lifeline::app {

namespace {

// Beyond the drain: for requests that are being answered.
constexpr Millis stop_grace = std::chrono::seconds(5);

}  // namespace

// On the first loop: each step when the one before is done.
void Server::House::start() {
    instance->load([this](Status loaded) {
        if (!loaded) return give_up(loaded.error());
        authenticator->warm_up();
        if (const auto read = policies->restore(); !read) return give_up(read.error());
        stops->restore([] {});  // Told to every loop before any call is taken up.
        roster->start((config.data / "views.db").string(), [this](Status followed) {
            if (!followed) return give_up(followed.error());
            audit->start((config.data / "audit.db").string(), [this](Status audited) {
                if (!audited) return give_up(audited.error());
                library->start((config.data / "library.db").string(), [this](Status listed) {
                    if (!listed) return give_up(listed.error());
                    metering_clock->begin([this](Status begun) {
                        if (!begun) return give_up(begun.error());
                        take_up_calls();
                    });
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
        agents->start((config.data / "spend.db").string(), *roster);
        // Calls do not wait for it; a search waits until it has come up to them.
        search->start((config.data / "search.db").string(), [this](Status followed) {
            if (!followed)
                return log::error("search is not there reason={}", followed.error().reason);
            eraser->start();  // What it is not in, cannot be erased from it.
            expiry->start();
        });
        start_metering();
        snapshots->start((config.data / "snapshots.db").string(), [this](Status followed) {
            if (!followed)
                return log::error("snapshots are not taken reason={}", followed.error().reason);
            snapshot_writer->start();
        });
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
    if (hook) hook->start();
    publisher->start();
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
    if (spend_guard) spend_guard->stop();
    agents->stop([this] {
        gateway->close_all(
            storage_failed ? contract::CloseCode::internal : contract::CloseCode::draining,
            storage_failed ? "commit_failed" : "draining");
        http->stop(stop_grace, [this] { finish_effects(); });
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
