#include <set>
#include <utility>

#include "app/boot_number.h"
#include "app/metric_sources.h"
#include "app/server_house.h"
#include "net/tcp_socket.h"

namespace lifeline::app {

Status Server::House::build_doors() {
    auto parsed = net::OriginList::parse(config.origins);
    if (!parsed) return fail(parsed.error());
    origins.emplace(std::move(*parsed));
    const auto boot = next_boot_number(config.data, clock.wall());
    if (!boot) return fail(boot.error());
    auto acks = open_acks();
    std::set<std::string, std::less<>> hosted;
    for (const auto& agent : config.agents) hosted.insert(agent.settings.user_id);
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
            .refused = [this](const Error& error) { api->upgrade_refused(error); },
            .ack_store = ack_store.get(),
            .hosted = std::move(hosted)},
        config.limits, config.retry, std::move(acks));
    api = std::make_unique<api::Api>(api::Api::Parts{
        .sessions = *sessions,
        .documents = *documents,
        .gateway = *gateway,
        .authenticator = *authenticator,
        .administration = *administration,
        .keys = *keys,
        .journal = *journal,
        .roster = *roster,
        .search = *search,
        .audit = *audit,
        .library = *library,
        .metering = *metering,
        .billing = *billing,
        .findings = *findings,
        .outbox = *outbox,
        .origins = *origins,
        .clock = clock,
        .random = random,
        .defaults = config.calls,
        .changes = config.changes,
        .development = {.enabled = config.dev,
                        .agent_user_id =
                            config.dev_agent && config.agents.empty() ? "usr_dev_agent" : ""},
        .public_url = config.public_url,
        .ready = [this] { return readiness(); },
        .port = [this] { return http->port(); },
        .tools = [this] { return effects->registry(); },
        .transcriber = transcriber.get(),
        .stop =
            [this](safety::StopChange change, Loop& from, Stopping::Done done) {
                stops->change(std::move(change), from, std::move(done));
            },
        .stops = [this](Loop& from, Stopping::Done done) { stops->look(from, std::move(done)); },
        .policy = [this](Loop& from,
                         Policies::Done done) { policies->look(from, std::move(done)); },
        .change_policy =
            [this](safety::PolicyChange change, Loop& from, Policies::Done done) {
                policies->change(std::move(change), from, std::move(done));
            },
        .agents = [this] { return agents->list(); },
        .records = record_keeper(),
        .proofs = proof_keeper(),
        .cards = desk_for_cards(),
        .signing_keys = desk_for_keys(),
        .budgets = desk_for_budgets(),
        .sinks = desk_for_sinks(),
        .reconciliation = desk_for_reconciliation()});
    auto tls = load_certificate(config.tls);
    if (!tls) return fail(tls.error());
    http = std::make_unique<net::HttpServer>(
        front(), random, door_of(config, *tls),
        [this](std::shared_ptr<net::Exchange> exchange) { api->handle(std::move(exchange)); },
        [this](const net::HttpRefusal& refusal) { return api->refusal(refusal); });
    if (!config.metrics_address.empty())
        metrics.emplace(
            front(), random, MetricsServer::Address{config.metrics_address, config.metrics_port},
            metric_sources({front(), *sessions, *gateway, *api, *journal, *roster, *http, *views,
                            [this] { return effects->counters(); }, desk_for_sinks().list,
                            [this](Loop& from, journal::Done<Reconciled> done) {
                                count_reconciled(from, std::move(done));
                            },
                            [this](Loop& from, journal::Done<std::uint64_t> done) {
                                count_stuck(from, std::move(done));
                            }}));
    files = std::make_unique<ThreadWorker>("files");
    reload = std::make_unique<Reload>(
        front(), *files, config, *tls, read_again,
        Reload::Doors{
            .http = *http,
            .api = *api,
            .origins = *origins,
            .authenticator = *authenticator,
            .gateway_limits =
                [this](const gateway::Limits& limits) { gateway->take_limits(limits); },
            .policy = [this](safety::Policy file) { policies->take_file(std::move(file)); },
            .agents = [this](const std::vector<AgentConfig>& renewed,
                             const AgentKeys& agent_keys) { agents->renew(renewed, agent_keys); }});
    // Whose rights were taken away is cut at once, wherever they are connected.
    administration->on_revoked = [this](const identity::Revocation& revocation) {
        const auto why =
            [revocation](const identity::Principal& principal) -> std::optional<Error> {
            if (!identity::concerns(revocation, principal)) return std::nullopt;
            return identity::refusal_of(revocation);
        };
        // Behind those who were let in just now: their doors do not know of them before this.
        front().post([this, why] {
            gateway->cut(why);
            api->open_streams().cut(why);
        });
    };
    return {};
}

}  // namespace lifeline::app
