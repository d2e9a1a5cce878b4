#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/hosted.h"
#include "agent/spend.h"
#include "base/loop.h"
#include "session/sessions.h"
#include "tools/registry.h"

namespace lifeline::agent {

// All agents that run inside the server: takes a seat for one in each call that it takes part in,
// and leaves it when the call is over. Lives on one loop; the calls are on theirs.
class Host {
public:
    struct Parts {
        Loop& loop;
        session::Sessions& sessions;
        std::function<tools::Registry()> tools;
    };
    using Agent = Hosted;

    Host(Parts parts, std::vector<Agent> agents);
    ~Host();
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;

    const std::vector<Agent>& agents() const { return agents_; }
    bool hosts(std::string_view user_id) const;
    // From its next turn on it has these settings, and this driver unless that is null. Which
    // participant it is does not change.
    void change(AgentSettings settings, std::shared_ptr<Driver> driver);
    // Somebody takes part in a call from now on; of interest if it is one of ours.
    void joined(const std::string& user_id, const std::string& session_id);
    // Whatever was spent before, from the journal.
    Ledger& ledger() { return ledger_; }
    std::size_t seats() const { return seats_.size(); }
    std::size_t turns() const;  // That run now.
    // No turn goes on or begins. `left` is called when what was under way has said its last words,
    // or storage has not taken them for a while.
    void stop(std::function<void()> left);

private:
    class Taken;
    using Key = std::pair<std::string, std::string>;  // session, user

    void leave(Key key);
    void come_back(const Key& key);
    void all_left();
    Agent* find(std::string_view user_id);

    Parts parts_;
    std::vector<Agent> agents_;
    Ledger ledger_;
    std::map<Key, std::unique_ptr<Taken>> seats_;
    bool stopped_ = false;
    std::function<void()> left_;
    Loop::TimerId stop_timer_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::agent
