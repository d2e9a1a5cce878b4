#include <utility>

#include "app/policy_file.h"
#include "app/secret_source.h"
#include "app/server_house.h"
#include "app/webhook_secret.h"

namespace lifeline::app {

namespace {

// For tools that are being called.
constexpr Millis effects_grace = std::chrono::seconds(10);

}  // namespace

Status Server::House::build_effects() {
    auto made_effects =
        Effects::create({front(), *client, *sessions, *documents, *journal,
                         [this](orchestration::ToCount what, journal::Done<call::DayCounts> done) {
                             count_today(std::move(what), std::move(done));
                         }},
                        config);
    if (!made_effects) return fail(made_effects.error());
    effects = std::move(*made_effects);
    stops.emplace(front(), *instance, *effects, random);
    auto policy = load_policy(config.policy_file);
    if (!policy) return fail(policy.error());
    policies.emplace(front(), *instance, *effects, random, config, std::move(*policy));
    return {};
}

Status Server::House::build_agents() {
    auto made = Agents::create({.home = front(),
                                .resolver = *resolver,
                                .views = *views,
                                .sessions = *sessions,
                                .journal = *journal,
                                .tools = [this] { return effects->registry(); }},
                               config.agents);
    if (!made) return fail(made.error());
    agents = std::move(*made);
    return {};
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

Status Server::House::build_hook() {
    if (config.asked_url.empty()) return {};
    auto signer =
        webhook_signer("safety.confirmation_webhook.secret_file", config.asked_secret_file);
    if (!signer) return fail(signer.error());
    hook.emplace(
        front(), *journal,
        [this](net::FetchRequest request, net::HttpClient::Done done) {
            client->fetch(std::move(request), std::move(done));
        },
        orchestration::ConfirmationHook::Options{.url = config.asked_url,
                                                 .signer = std::move(*signer),
                                                 .page = [this] { return config.public_url; }});
    return {};
}

// The audit view counts, and what it has not read yet counts as well.
void Server::House::count_today(orchestration::ToCount what, journal::Done<call::DayCounts> done) {
    audit->count({.day = audit::day_of(clock.wall()),
                  .account_id = std::move(what.account_id),
                  .owner_id = std::move(what.owner_id),
                  .action_type = std::move(what.action_type),
                  .session_id = std::move(what.session_id),
                  .action_id = std::move(what.action_id)},
                 front(), [done = std::move(done)](Result<audit::DayCounts::Count> count) mutable {
                     if (!count) return done(fail(count.error()));
                     done(call::DayCounts{count->owner, count->account});
                 });
}

// What runs out there has its say before the journal closes, for a while: what has none then is not
// known to have happened, and the next start says so.
void Server::House::finish_effects() {
    const auto close = std::make_shared<std::move_only_function<void()>>([this] {
        sink_office->stop([this] {
            metering_clock->stop([this](const Status&) {
                journal->close(front(), [this](Status) { give_last_head(); });
            });
        });
    });
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

}  // namespace lifeline::app
