#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "explain/cast.h"
#include "explain/recorded.h"
#include "explain/story.h"

namespace lifeline::explain {

// The actions of a call, each told as one paragraph from its request to its end and to the agent's
// hearing of it; and what should not have happened to one.
class Actions {
public:
    // Whether the event is an action's, and told with it.
    bool take(const Recorded& recorded, const Cast& cast);
    // Events are missing: what seems not to have happened may have.
    void missed() { blind_ = true; }

    void tell(Story& story) const;

    // The turn that asked for an action; empty where none did.
    std::string_view turn_of(std::string_view action_id) const;

private:
    struct Tale {
        Entry entry;
        std::string type;
        std::string summary;
        std::string turn_id;
        std::string args_hash;
        std::string standing;  // In words.
        bool allowed = false;  // To begin, and nothing has changed since.
        bool unknown = false;  // Nobody knows what came of it.
        bool over = false;
        std::optional<WallTime> asked_at;  // While a person is asked.
    };
    struct Question {
        std::string action_id;
        std::optional<WallTime> expires_at;
        bool expired = false;
    };

    std::string action_of(const contract::Event& event) const;
    Tale& find(const std::string& action_id, const Recorded& recorded);
    void follow(Tale& tale, const Recorded& recorded, const Cast& cast);
    void ask(Tale& tale, const Recorded& recorded);
    void answered(Tale& tale, const Recorded& recorded);
    void check_approval(Tale& tale, const Recorded& recorded);
    void end(Tale& tale, const Recorded& recorded, std::string standing);
    void found(std::string code, const Tale& tale, std::uint64_t seq, std::string what);

    std::vector<Tale> tales_;
    std::map<std::string, std::size_t, std::less<>> by_id_;
    std::map<std::string, Question, std::less<>> questions_;
    std::vector<Anomaly> anomalies_;
    bool blind_ = false;
};

}  // namespace lifeline::explain
