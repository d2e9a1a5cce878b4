#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "house.h"
#include "model.h"
#include "safety/switchboard.h"
#include "world.h"

namespace lifeline::simulation {

// Of type "daily", in all calls of the account together.
constexpr std::int64_t daily_max = 1;

// What stands between a wish and the world beside a question and its answer: kill switches, grants,
// counts of a day, a spoken yes. Moves them by chance, remembers what people meant by them, and
// holds that against the journal and against what was done.
class Gates {
public:
    Gates(House& house, Model& model, Random& chance, Mutant mutant)
        : house_(house), model_(model), chance_(chance), mutant_(mutant) {}

    // A stop is put in force, or taken back.
    void switch_something();
    // Which stop covers actions of this type for sure, from before now on; 0: none does.
    std::uint64_t in_force_for(const std::string& action_type) const;
    void grant(const std::string& call, const std::string& owner);
    // A question is read back, or not, and somebody says something.
    void speak(const std::string& call, const std::string& owner);
    // How many of its kind there are today with this one: the same for an action, whenever asked.
    std::int64_t count(const std::string& call, const std::string& action_id);
    // The owner has said yes by hand to this question, and to these arguments.
    void approved(const std::string& confirmation_id, const std::string& args_hash) {
        by_hand_[confirmation_id].insert(args_hash);
    }
    // The process is gone; what was switched is in force in the next one from its start.
    void vanish() { enforced_ = stop_.has_value(); }

    void did(const std::string& action_type);
    struct Done {
        std::string action_id;
        std::string args_json;
        std::uint64_t fence = 0;
        bool approved_by_person = false;
    };
    // Notes that were done in this call, in the order in which they began.
    void check(const std::string& call, const std::vector<journal::StoredEvent>& events,
               const std::vector<Done>& notes);

private:
    struct Meant {  // By a grant.
        std::optional<std::string> to;
        std::int64_t uses_max = 1;
    };
    void publish(const std::string& call, const contract::Actor& who, contract::Role role,
                 const std::string& type, const std::string& payload);
    void say(const std::string& call, const std::string& owner, const std::string& question);

    House& house_;
    Model& model_;
    Random& chance_;
    Mutant mutant_;
    std::optional<safety::Stop> stop_;
    std::uint64_t switched_ = 0;
    bool enforced_ = false;
    std::map<std::string, Meant> meant_;  // By grant.
    std::map<std::string, std::int64_t> counted_;
    std::map<std::string, std::set<std::string>> by_hand_;  // confirmationId -> argsHash
    std::uint64_t said_ = 0;
    std::int64_t daily_done_ = 0;
};

}  // namespace lifeline::simulation
