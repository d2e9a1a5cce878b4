#include <sys/resource.h>

#include <algorithm>
#include <filesystem>

#include "app/server_house.h"
#include "base/log.h"

namespace lifeline::app {

namespace {

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
    searcher = std::make_unique<ThreadWorker>("search");
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
    if (const auto built = build_effects(); !built) return built;
    if (const auto built = build_agents(); !built) return built;
    auto made = identity::Authenticator::create(
        {.issuers = config.issuers, .cache = {}},
        {*keys, instance->directory(), *instance, *fetcher, random, front()});
    if (!made) return fail(made.error());
    authenticator = std::move(*made);
    administration.emplace(instance->directory(), *instance, random, front());
    roster = std::make_unique<roster::Roster>(front(), *views, *journal);
    search = std::make_unique<search::Search>(front(), *searcher, *journal);
    audit = std::make_unique<audit::Audit>(front(), *views, *journal);
    library = std::make_unique<library::Library>(front(), *views, *journal);
    snapshots = std::make_unique<snapshots::Snapshots>(front(), *views, *journal);
    if (const auto built = build_metering(); !built) return built;
    build_budgets();
    if (const auto built = build_sinks(); !built) return built;
    if (const auto built = build_reconciliation(); !built) return built;
    for (const auto& shard : documents->shards())
        shard->on_appended = [this] {
            library->poke();
            search->poke();
        };
    for (const auto& shard : sessions->shards())
        shard->on_appended = [this] {
            roster->poke();
            search->poke();
            audit->poke();
            snapshots->poke();
            metering->poke();
            billing->poke();
            recount->poke();
            spend_guard->poke();
            agents->poke();
            if (hook) hook->poke();
        };
    if (const auto built = build_hook(); !built) return built;
    if (const auto built = build_proofs(); !built) return built;
    build_records();
    return build_doors();
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

}  // namespace lifeline::app
