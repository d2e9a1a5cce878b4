#include "house.h"

#include <fmt/format.h>

#include "sql/database.h"

namespace lifeline::simulation {

House::House(std::uint64_t seed, Random& chance, std::shared_ptr<const call::Judge> judge)
    : disk(seed),
      folder_{"data", disk.vfs()},
      chance_(chance),
      random_(seed ^ 0x5eed),
      judge_(std::move(judge)) {
    limits_.events_per_second = 10'000;
    limits_.events_burst = 10'000;
}

bool House::start(Model& model, Refusal refusal) {
    fatal_ = false;
    auto opened = journal::SqlJournal::open({.folder = folder_,
                                             .writer = writer_,
                                             .marker = marker_,
                                             .reader = reader_,
                                             .clock = loop.clock(),
                                             .random = random_,
                                             // So small that a world meets each many times.
                                             .seals = {.rows = 8, .events_always_checked = 16},
                                             .index = {.flush_events = 24},
                                             .on_fatal = [this](const Error&) { fatal_ = true; }});
    if (!opened) {
        if (refusal == Refusal::violation)
            model.violation(fmt::format("the journal does not open: {} {}", opened.error().reason,
                                        opened.error().detail));
        return false;
    }
    journal_ = std::move(*opened);
    sessions_ = std::make_unique<session::Sessions>(std::vector<Loop*>{&loop}, *journal_);
    for (const auto& shard : sessions_->shards()) shard->take_judge(judge_);
    start_views();
    gateway_.emplace(gateway::Lane::House{
        .limits = limits_,
        .retry = retry_,
        .resume_tokens = resume_tokens_,
        .epoch = journal_->epoch(),
        .boot = ++boots_,
        .authenticate = [](std::string, Loop&, journal::Done<identity::Principal> done) {
            done(fail(Code::unavailable, "issuer_unavailable", "nobody asks"));
        }});
    rates_.emplace(limits_);
    lane_ = std::make_unique<gateway::Lane>(*sessions_->shards().front(), *gateway_);
    return true;
}

void House::start_views() {
    if (view_folder_ == nullptr) return;
    views_ = std::make_unique<Views>(loop, viewer_, *journal_);
    views_->start(view_folder_->kept());
    for (const auto& shard : sessions_->shards()) shard->on_appended = [this] { views_->poke(); };
}

void House::check_views(Model& model) {
    if (!views_) return;
    for (const auto& shard : sessions_->shards()) shard->on_appended = {};
    views_->poke();
    settle();
    views_ = std::make_unique<Views>(loop, viewer_, *journal_);
    const auto kept = digests_of(view_folder_->kept());
    views_->start(view_folder_->anew());
    settle();
    if (!views_->failed().empty()) model.violation("a view does not follow: " + views_->failed());
    views_.reset();
    const auto anew = digests_of(view_folder_->anew());
    if (kept.size() != anew.size()) model.violation("a view is missing");
    for (const auto& [name, digest] : kept)
        if (!anew.contains(name) || anew.at(name) != digest)
            model.violation(fmt::format("the view {} is not what the journal says", name));
}

void House::stop() {
    lane_->close_all(contract::CloseCode::draining, "draining");
    settle();
    journal_->close(loop, [](Status) {});
    settle();
    disk.kill_process();
}

bool House::damage_index() {
    const auto bytes = disk.contents(folder_.index());
    if (!bytes || bytes->empty()) return false;
    if (chance_.below(6) == 0) {
        disk.remove(folder_.index());
    } else {
        disk.flip_bit(folder_.index(), chance_.below(bytes->size() * 8));
    }
    return true;
}

House::Reached House::reached() {
    constexpr std::uint64_t seal_bytes = 128;
    Reached reached;
    if (const auto seals = disk.contents(folder_.seals()))
        reached.seals = seals->size() / seal_bytes;
    auto index = sql::Database::open(folder_.index(), {.vfs = disk.vfs()});
    if (index)
        reached.index_pages = static_cast<std::uint64_t>(
            index->number("select count(*) from index_page").value_or(0));
    return reached;
}

void House::crash() {
    loop.drop_all();
    writer_.drop_all();
    marker_.drop_all();
    reader_.drop_all();
    viewer_.drop_all();
    lane_.reset();
    sessions_.reset();
    views_.reset();
    journal_.reset();
    loop.drop_all();  // What destructors posted would never have run either.
}

void House::create(const std::string& call, const std::vector<std::string>& users) {
    call::Create create;
    create.owner_id = users.front();
    create.account_id = "acct_1";
    create.channel = "text";
    create.connect_timeout = std::chrono::hours(1);
    create.max_duration = std::chrono::hours(24);
    create.reconnect_window = std::chrono::hours(1);
    for (const auto& user : users) create.members.push_back({user, contract::Role::user, ""});
    create.members.push_back({"bot", contract::Role::agent, ""});
    sessions_->submit(call, {create, {"user", users.front()}, contract::Role::user}, loop,
                      [](Result<session::Receipt>) {});
}

void House::take_judge(std::shared_ptr<const call::Judge> judge,
                       std::move_only_function<void()> in_force) {
    judge_ = std::move(judge);
    if (sessions_) sessions_->take_judge(judge_, loop, std::move(in_force));
}

void House::recover(const std::string& call) {
    sessions_->submit(call, {call::Recovered{}, {"server", "lifeline"}, contract::Role::server},
                      loop, [](Result<session::Receipt>) {});
}

void House::submit(const std::string& call, call::Command command,
                   journal::Done<session::Receipt> answer) {
    sessions_->submit(call, std::move(command), loop, std::move(answer));
}

void House::look(const std::string& call, std::function<void(const call::State&)> look) {
    sessions_->look<bool>(
        call, loop,
        [look = std::move(look)](session::Actor& actor) -> Result<bool> {
            look(actor.state());
            return true;
        },
        [](const Result<bool>&) {});
}

void House::connect(Upgrade upgrade, Model& model, std::unique_ptr<net::Socket> socket) {
    auto shared = std::make_shared<std::unique_ptr<net::Socket>>(std::move(socket));
    const std::string call = upgrade.call;
    sessions_->shards().front()->with(
        call, session::Shard::Missing::refuse,
        [this, upgrade = std::move(upgrade), &model, shared](Result<session::Actor*> actor) {
            // A refused upgrade; the client comes back.
            if (!actor || upgrade.cursor > (*actor)->stream().head() || (*actor)->state().over())
                return;
            gateway::Admission admission;
            admission.principal.user_id = upgrade.user;
            admission.principal.account_id = "acct_1";
            admission.principal.expires_at = WallTime::max();
            admission.role = contract::Role::user;
            admission.cursor = upgrade.cursor;
            admission.connection_id = fmt::format("con_{}", ++connections_);
            admission.generation = lane_->next_generation();
            admission.line = admission.generation;
            if (!upgrade.resume_token.empty()) {
                const auto claim = resume_tokens_.read(upgrade.resume_token);
                const auto allowed = claim ? lane_->lines().may_continue(upgrade.call, claim->line,
                                                                         claim->generation)
                                           : Status(fail(claim.error()));
                // Whatever got lost on the way: who shows the newest token they have goes on.
                if (!allowed)
                    return model.violation(
                        fmt::format("{}: {}", upgrade.user, allowed.error().reason));
                admission.line = claim->line;
                admission.continues = claim->generation;
            }
            auto publishes =
                rates_->publishing(admission.principal, upgrade.call, loop.clock().steady());
            if (!publishes) return;
            admission.publishes = std::move(*publishes);
            auto& room = lane_->room(**actor);
            room.enter(std::move(*shared), std::move(admission), "");
        });
}

bool House::step() {
    // From a random one on, the first that has something to do.
    const std::uint64_t all = view_folder_ == nullptr ? 4 : 5;
    const std::uint64_t first = chance_.below(all);
    for (std::uint64_t i = 0; i < all; ++i) {
        switch ((first + i) % all) {
            case 0:
                if (loop.run_one()) return true;
                break;
            case 1:
                if (writer_.run_one()) return true;
                break;
            case 2:
                if (marker_.run_one()) return true;
                break;
            case 3:
                if (reader_.run_one()) return true;
                break;
            default:
                if (viewer_.run_one()) return true;
        }
    }
    return false;
}

void House::settle() {
    for (;;) {
        while (step()) {
        }
        return;
    }
}

}  // namespace lifeline::simulation
