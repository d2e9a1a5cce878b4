#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "call/judge.h"
#include "gates.h"
#include "house.h"
#include "model.h"
#include "world.h"

namespace lifeline::simulation {

// Something that was done out in the world, which no crash takes back.
struct Effect {
    std::string action_id;
    std::string action_type;
    std::string args_json;
    std::uint64_t fence = 0;
};

// How long a person has to answer, by the policy of these worlds.
constexpr Millis answer_within{400};

// How long a judgement waits for the engine.
constexpr Millis evaluate_within{300};

// How long a grant lives, and to how many somebody may write a note.
constexpr Millis grant_lives{800};
constexpr std::uint64_t notes_to = 3;

// The tools and the policy: "read" is allowed and may be repeated, "send" must be confirmed, so
// must "note", for which there may be a grant, "post" is allowed if the engine allows it, and
// "daily" a few times a day.
std::shared_ptr<const call::Judge> judge_of(Mutant mutant, safety::KillSwitches stopped = {});

// An agent that asks, an owner who answers (in time or late, what was shown or something else), and
// runners that claim, act, and tell or do not tell what it came to. Whatever they do, and whenever
// the house dies, nothing is sent twice, unapproved or otherwise than approved.
class Agency {
public:
    Agency(House& house, Model& model, Random& chance, Mutant mutant);

    void turn(const std::string& call, const std::string& owner);
    // The server's process is gone, and with it what its runners were about to tell.
    void vanish() {
        running_.clear();
        gates_.vanish();
    }
    // What the journal says of all actions, held against what was done.
    void check(const std::string& call, const std::vector<journal::StoredEvent>& events);
    std::uint64_t effects() const { return all_effects_; }

private:
    struct Running {
        std::string call;
        std::string action_id;
        int attempt = 0;
        std::uint64_t fence = 0;
    };

    void ask(const std::string& call);
    void answer(const std::string& call, const std::string& owner);
    void cancel(const std::string& call, const std::string& owner);
    void assess(const std::string& call);
    void claim(const std::string& call);
    void claim_one(const std::string& call, const std::string& action_id,
                   const std::string& action_type);
    void tell();
    void say(const Running& one);
    void act(const std::string& call, const call::Action& action);
    void look(const std::string& call, std::function<void(const call::State&)> look);

    House& house_;
    Model& model_;
    Random& chance_;
    Mutant mutant_;
    Gates gates_{house_, model_, chance_, mutant_};
    std::map<std::string, std::vector<Effect>> effects_;       // By call.
    std::map<std::string, call::EngineWord::Outcome> engine_;  // By action: what it says.
    std::vector<Running> running_;
    std::vector<Running> stuck_;  // Tell late; in somebody's app, which outlives the server.
    std::uint64_t asked_ = 0;
    std::uint64_t all_effects_ = 0;
};

}  // namespace lifeline::simulation
