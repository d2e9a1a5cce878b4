#include "agent/host.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "agent/seat.h"
#include "base/log.h"
#include "session/feed.h"

namespace lifeline::agent {

namespace {

// Calls in which agents of this server take part at once.
constexpr std::size_t seats_max = 20'000;
// Of the call before, what one that continues it begins with.
constexpr std::size_t before_messages_max = 30;
constexpr std::size_t before_bytes_max = 16 * 1024;

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

// The whole of a call that is over, for the one that continues it.
class Before final : session::FeedReader {
public:
    using Done = std::move_only_function<void(std::vector<Message>)>;
    Before(Loop& loop, session::Sessions& sessions, const std::string& session_id,
           const std::string& agent_id, Done done)
        : conversation_(session_id, agent_id),
          done_(std::move(done)),
          feed_(loop, sessions, session_id, 0, static_cast<session::FeedReader&>(*this)) {
        feed_.pull();
    }

private:
    void take(std::vector<journal::StoredEvent> events) override {
        for (const auto& stored : events) {
            if (stored.erased) continue;
            if (const auto event = checker_.read_stored(stored.bytes))
                conversation_.take(*event, stored.actor.id, stored.seq, stored.recorded_at);
        }
        feed_.pull();
    }
    void caught_up(std::uint64_t) override {
        tell(tail_of(conversation_, before_messages_max, before_bytes_max));
    }
    void ended(const Error&) override { tell({}); }
    void tell(std::vector<Message> messages) {
        if (auto done = std::exchange(done_, {})) done(std::move(messages));
    }

    Conversation conversation_;
    contract::EventChecker checker_;
    Done done_;
    session::Feed feed_;
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
                 .tools = host.parts_.tools},
                key_.first),
          feed_(host.parts_.loop, host.parts_.sessions, key_.first, 0,
                static_cast<session::FeedReader&>(*this)) {
        door_.join();
        feed_.pull();
    }
    const Seat& seat() const { return seat_; }

private:
    void take(std::vector<journal::StoredEvent> events) override {
        for (const auto& stored : events) seat_.take(stored);
        if (seat_.is_over()) return host_.leave(key_);
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
        log::warn("session={} agent={} hears nothing any more reason={} {}", key_.first,
                  key_.second, error.reason, error.detail);
        host_.leave(key_);
    }
    void go_on() {
        ready_ = true;
        seat_.caught_up();
        if (seat_.is_over()) host_.leave(key_);
    }

    Host& host_;
    Key key_;
    SessionDoor door_;
    Seat seat_;
    session::Feed feed_;
    std::optional<Before> before_;
    bool ready_ = false;
};

Host::Host(Parts parts, std::vector<Agent> agents)
    : parts_(std::move(parts)), agents_(std::move(agents)) {}

Host::~Host() {
    *alive_ = false;
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
    if (seats_.contains(key)) return;
    if (seats_.size() >= seats_max) {
        log::warn("session={} agent={} stays away: too many calls", session_id, user_id);
        return;
    }
    auto taken = std::make_unique<Taken>(*this, *agent, key);
    seats_.emplace(std::move(key), std::move(taken));
}

// By a job of its own: the seat may be what is calling.
void Host::leave(const Key& key) {
    parts_.loop.post([this, alive = alive_, key] {
        if (!*alive) return;
        seats_.erase(key);
        const bool last = std::ranges::none_of(
            seats_, [&](const auto& entry) { return entry.first.first == key.first; });
        if (last) ledger_.forget_call(key.first);
    });
}

std::size_t Host::turns() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        seats_, [](const auto& entry) { return entry.second->seat().busy(); }));
}

void Host::stop() {
    stopped_ = true;
    seats_.clear();
}

}  // namespace lifeline::agent
