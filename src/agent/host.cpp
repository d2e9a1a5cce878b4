#include "agent/host.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "agent/call_before.h"
#include "agent/seat.h"
#include "base/log.h"
#include "contract/reason.h"
#include "session/feed.h"

namespace lifeline::agent {

namespace {

// Calls in which agents of this server take part at once.
constexpr std::size_t seats_max = 20'000;
// Before a call is listened to again that could not be read.
constexpr Millis again_after{5'000};
// When the process stops, for last words that storage does not take.
constexpr Millis last_words{2'000};

// The session's front door, in the agent's name.
class SessionDoor final : public Door {
public:
    SessionDoor(session::Sessions& sessions, Loop& home, std::string session_id,
                std::string agent_id)
        : sessions_(sessions),
          home_(home),
          session_id_(std::move(session_id)),
          agent_id_(std::move(agent_id)) {}

    void publish(contract::Event event, As as, Done done) override {
        call::Command command{
            call::Publish{std::move(event)}, {"agent", agent_id_}, contract::Role::agent};
        if (as == As::server) {
            command.actor = {"server", "lifeline"};
            command.role = contract::Role::server;
        }
        sessions_.submit(session_id_, std::move(command), home_,
                         [done = std::move(done)](Result<session::Receipt> receipt) mutable {
                             done(receipt ? Status() : fail(receipt.error()));
                         });
    }
    // An agent's place is in the call like anybody's: it joins, by the server's word.
    void join() {
        sessions_.submit(session_id_,
                         {call::LineChanged{.participant_id = agent_id_, .connected = true},
                          {"server", "lifeline"},
                          contract::Role::server},
                         home_, [](const Result<session::Receipt>&) {});
    }

private:
    session::Sessions& sessions_;
    Loop& home_;
    std::string session_id_;
    std::string agent_id_;
};

}  // namespace

// A seat with what it hears by and speaks through.
class Host::Taken final : session::FeedReader {
public:
    Taken(Host& host, Agent& agent, Key key)
        : host_(host),
          key_(std::move(key)),
          door_(host.parts_.sessions, host.parts_.loop, key_.first, key_.second),
          seat_({.loop = host.parts_.loop,
                 .door = door_,
                 .agent = agent,
                 .ledger = host.ledger_,
                 .tools = host.parts_.tools,
                 .left = [this] { host_.leave(key_); }},
                key_.first),
          feed_(host.parts_.loop, host.parts_.sessions, key_.first, 0,
                static_cast<session::FeedReader&>(*this)) {
        door_.join();
        feed_.pull();
    }
    const Seat& seat() const { return seat_; }
    // It may have been sent away and asked again, faster than its seat hears of either.
    void ask_again() { asked_again_ = true; }
    bool asked_again() const { return asked_again_ && !seat_.conversation().is_over(); }
    void give_up() { seat_.give_up(); }

private:
    void take(std::vector<journal::StoredEvent> events) override {
        for (const auto& stored : events) seat_.take(stored);
        feed_.pull();
    }
    void caught_up(std::uint64_t) override {
        const std::string& continues = seat_.conversation().continues();
        if (ready_ || continues.empty() || seat_.conversation().is_over()) return go_on();
        if (before_) return;
        before_.emplace(host_.parts_.loop, host_.parts_.sessions, continues, key_.second,
                        [this](std::vector<Message> messages) {
                            seat_.take_before(std::move(messages));
                            go_on();
                        });
    }
    void ended(const Error& error) override {
        const auto* known = contract::find_reason(error.reason);
        const bool again = known != nullptr && known->retryable;
        log::warn("session={} agent={} hears nothing {} reason={} {}", key_.first, key_.second,
                  again ? "for a while" : "any more", error.reason, error.detail);
        if (again) host_.come_back(key_);
        give_up();
    }
    void go_on() {
        ready_ = true;
        seat_.caught_up();
    }

    Host& host_;
    Key key_;
    SessionDoor door_;
    Seat seat_;
    session::Feed feed_;
    std::optional<CallBefore> before_;
    bool ready_ = false;
    bool asked_again_ = false;
};

Host::Host(Parts parts, std::vector<Agent> agents)
    : parts_(std::move(parts)), agents_(std::move(agents)) {}

Host::~Host() {
    *alive_ = false;
    if (stop_timer_ != 0) parts_.loop.cancel_timer(stop_timer_);
    seats_.clear();
}

Host::Agent* Host::find(std::string_view user_id) {
    const auto found = std::ranges::find_if(
        agents_, [&](const Agent& agent) { return agent.settings.user_id == user_id; });
    return found == agents_.end() ? nullptr : &*found;
}

bool Host::hosts(std::string_view user_id) const {
    return std::ranges::any_of(
        agents_, [&](const Agent& agent) { return agent.settings.user_id == user_id; });
}

void Host::change(AgentSettings settings, std::shared_ptr<Driver> driver) {
    Agent* agent = find(settings.user_id);
    if (agent == nullptr) return;
    agent->settings = std::move(settings);
    if (driver) agent->driver = std::move(driver);
}

void Host::joined(const std::string& user_id, const std::string& session_id) {
    Agent* agent = find(user_id);
    if (agent == nullptr || stopped_) return;
    Key key{session_id, user_id};
    if (const auto seat = seats_.find(key); seat != seats_.end()) return seat->second->ask_again();
    if (seats_.size() >= seats_max) {
        log::warn("session={} agent={} stays away: too many calls", session_id, user_id);
        return;
    }
    auto taken = std::make_unique<Taken>(*this, *agent, key);
    seats_.emplace(std::move(key), std::move(taken));
}

// What a call has cost is forgotten with the call, and not with an agent that was sent away: it
// would be counted again when that comes back.
void Host::leave(Key key) {
    const auto seat = seats_.find(key);
    const bool call_over = seat->second->seat().conversation().is_over();
    const bool again = seat->second->asked_again();
    seats_.erase(seat);
    const bool last = std::ranges::none_of(
        seats_, [&](const auto& entry) { return entry.first.first == key.first; });
    if (call_over && last) ledger_.forget_call(key.first);
    if (again) joined(key.second, key.first);
    if (stopped_ && seats_.empty()) all_left();
}

void Host::come_back(const Key& key) {
    parts_.loop.start_timer(again_after, [this, alive = alive_, key] {
        if (*alive) joined(key.second, key.first);
    });
}

std::size_t Host::turns() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        seats_, [](const auto& entry) { return entry.second->seat().busy(); }));
}

void Host::stop(std::function<void()> left) {
    stopped_ = true;
    left_ = std::move(left);
    if (seats_.empty()) return all_left();
    stop_timer_ = parts_.loop.start_timer(last_words, [this] {
        stop_timer_ = 0;
        log::warn("agents stop with last words unsaid seats={}", seats_.size());
        seats_.clear();
        all_left();
    });
    for (const auto& [key, seat] : seats_) seat->give_up();
}

void Host::all_left() {
    if (stop_timer_ != 0) parts_.loop.cancel_timer(std::exchange(stop_timer_, 0));
    if (const auto left = std::exchange(left_, {})) left();
}

}  // namespace lifeline::agent
