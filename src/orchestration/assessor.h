#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "base/loop.h"
#include "base/result.h"
#include "call/facts.h"
#include "orchestration/policy_engine.h"
#include "session/sessions.h"

namespace lifeline::orchestration {

// Whose action it is, for whoever counts.
struct ToCount {
    std::string account_id;
    std::string owner_id;
    std::string action_type;
    std::string session_id;
    std::string action_id;
};

// Finds out what the judgements that wait rest on, and brings it back by the front door. Keeps
// nothing that matters: a judgement whose word does not come is a no, by the call's own deadline.
// Lives on the home loop.
class Assessor {
public:
    using Count = std::function<void(ToCount, session::Done<call::DayCounts>)>;

    // `engine` is null where none is configured.
    Assessor(Loop& home, session::Sessions& sessions, PolicyEngine* engine, Count count)
        : home_(home), sessions_(sessions), engine_(engine), count_(std::move(count)) {}
    ~Assessor() { *alive_ = false; }
    Assessor(const Assessor&) = delete;
    Assessor& operator=(const Assessor&) = delete;

    // In that call a judgement may wait.
    void look(const std::string& session_id);

private:
    struct Waiting;
    void begin(Waiting waiting);
    void ask_engine(std::shared_ptr<Waiting> waiting);
    void bring(const std::shared_ptr<Waiting>& waiting);

    Loop& home_;
    session::Sessions& sessions_;
    PolicyEngine* engine_;
    Count count_;
    std::set<std::pair<std::string, std::string>> asked_;  // session, decision: on their way
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::orchestration
