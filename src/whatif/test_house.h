#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "call/decide.h"
#include "contract/event.h"
#include "contract/stream.h"
#include "rulebook/rulebook.h"
#include "whatif/walk.h"

// For this room's tests: calls that are decided by a policy as a server decides them, and what is
// recorded of it.
namespace lifeline::whatif {

using contract::Role;

inline safety::Policy policy_of(const std::string& json) {
    auto policy = safety::Policy::parse(json);
    EXPECT_TRUE(policy.has_value()) << json << policy.error().detail;
    return *std::move(policy);
}

// A policy with these rules.
inline std::string rules(const std::string& list, const std::string& id = "house") {
    return R"({"id":")" + id + R"(","version":"1","rules":[)" + list + "]}";
}

class House {
public:
    explicit House(const std::string& policy) {
        for (const auto& [name, risk] :
             {std::pair{"look", contract::Risk::read_only},
              std::pair{"note", contract::Risk::low_risk_write},
              std::pair{"send", contract::Risk::high_risk_external_send}})
            tools_.push_back(tool(name, risk));
        goes_by(policy);
    }

    void goes_by(const std::string& policy, bool engine = false) {
        policy_ = policy_of(policy);
        engine_ = engine;
        renew();
    }
    void risk_becomes(const std::string& name, contract::Risk risk) {
        for (tools::Tool& one : tools_)
            if (one.name == name) one.risk = risk;
        renew();
    }

    void open(const std::string& id, const std::string& owner = "ada") {
        states_[id].id = id;
        call::Create create;
        create.owner_id = owner;
        create.account_id = "acct_1";
        create.channel = "voice";
        create.connect_timeout = std::chrono::hours(1);
        create.max_duration = std::chrono::hours(24);
        create.reconnect_window = std::chrono::minutes(15);
        create.members = {{owner, Role::user, "Ada"}, {"bot", Role::agent, ""}};
        run(id, create, owner.starts_with("key_") ? Role::service : Role::user, owner);
        run(id, call::LineChanged{owner, true}, Role::server, "lifeline");
    }
    // False where it was refused.
    bool run(const std::string& id, call::Request request, Role role = Role::user,
             const std::string& who = "ada") {
        call::State& state = states_.at(id);
        call::Command command{
            std::move(request), {std::string(contract::to_text(role)), who}, role};
        const auto decision = call::decide(state, command, now, *judge_);
        if (!decision) return false;
        if (const auto* publish = std::get_if<call::Publish>(&command.request))
            append(state, publish->event, who);
        for (const auto& made : decision->events) {
            const auto event = checker_.check(
                contract::event_json(made.id, id, format_rfc3339(now),
                                     contract::type_info(made.type).name, made.payload),
                contract::Sender::server);
            EXPECT_TRUE(event.has_value()) << made.payload << event.error().detail;
            if (event) append(state, *event, who);
        }
        return true;
    }
    bool publish(const std::string& id, const std::string& type, const std::string& payload,
                 Role role = Role::user, const std::string& who = "ada") {
        auto event = checker_.check(contract::event_json("evt_" + std::to_string(++published_), id,
                                                         format_rfc3339(now), type, payload));
        EXPECT_TRUE(event.has_value()) << payload << event.error().detail;
        return run(id, call::Publish{std::move(*event)}, role, who);
    }
    void ask(const std::string& id, const std::string& action, const std::string& type,
             const std::string& args = R"({"to":"a"})") {
        publish(id, "orchestration.action.requested",
                R"({"actionId":")" + action + R"(","actionType":")" + type +
                    R"(","summary":"s","args":)" + args + "}",
                Role::agent, "bot");
    }
    void consent(const std::string& id, const std::string& state) {
        publish(id, "call.consent.updated",
                R"({"callId":")" + id + R"(","subject":"outreach","by":"ada","state":")" + state +
                    R"("})");
    }
    void answer(const std::string& id, const std::string& action_id, const std::string& decision,
                const std::string& args = "") {
        const call::Action* action = states_.at(id).action(action_id);
        if (action == nullptr || !action->confirmation) return;
        call::AnswerConfirmation answer;
        answer.confirmation_id = action->confirmation->id;
        answer.decision = decision;
        answer.args_hash = action->args_hash;
        answer.args_json = args;
        run(id, answer);
    }
    // What its judgement waits for is there: how many there were, by the test's own count.
    void assess(const std::string& id, const std::string& action_id,
                std::optional<call::DayCounts> counts,
                std::optional<call::EngineWord> engine = {}) {
        const call::Action& action = *states_.at(id).action(action_id);
        std::string decision;
        for (const auto& one : stored)
            if (const auto event = checker_.read_stored(one.bytes);
                event && event->type() == contract::EventType::safety_evaluation_requested &&
                one.stream == id && event->find_text("actionId") == action.id)
                decision = event->find_text("decisionId").value_or("");
        run(id, call::AssessAction{action_id, decision, {counts, std::move(engine)}, Millis{1}},
            Role::server, "lifeline");
    }
    bool claim(const std::string& id, const std::string& action_id) {
        return run(id, call::ClaimAction{action_id, std::chrono::seconds(30)}, Role::server,
                   "lifeline");
    }
    void pass(Millis time) {
        now += time;
        for (const auto& [id, state] : states_)
            run(id, call::TimePassed{}, Role::server, "lifeline");
    }

    const call::State& state(const std::string& id) const { return states_.at(id); }

    struct Stored {
        std::string stream;
        std::uint64_t seq = 0;
        std::string actor_id;
        WallTime at;
        std::string bytes;  // Empty: erased.
    };
    std::vector<Stored> stored;
    WallTime now{Millis(1'771'236'000'000)};  // 10:00 UTC

private:
    static tools::Tool tool(const std::string& name, contract::Risk risk) {
        tools::Tool made;
        made.name = name;
        made.kind = tools::Kind::client;
        made.risk = risk;
        return made;
    }
    void renew() {
        auto registry = tools::Registry::create(tools_);
        EXPECT_TRUE(registry.has_value());
        judge_ = std::make_shared<rulebook::Rulebook>(rulebook::Rulebook::Parts{
            .tools = *std::move(registry), .policy = policy_, .engine = engine_});
    }
    void append(call::State& state, const contract::Event& event, const std::string& by) {
        call::apply(state, event, by, ++seqs_[state.id]);
        stored.push_back({state.id, seqs_[state.id], by, now, std::string(event.json())});
    }

    safety::Policy policy_ = safety::Policy::standard();
    bool engine_ = false;
    std::vector<tools::Tool> tools_;
    std::shared_ptr<const call::Judge> judge_;
    std::map<std::string, call::State> states_;
    std::map<std::string, std::uint64_t> seqs_;
    contract::EventChecker checker_;
    int published_ = 0;
};

inline Walk walked(const std::vector<House::Stored>& stored, const std::string& policy,
                   Walk::Wanted wanted = {}) {
    Walk walk(policy_of(policy), std::move(wanted));
    contract::EventChecker checker;
    for (const auto& one : stored) {
        if (!walk.looks_at(one.stream, one.bytes)) continue;
        Recorded recorded{
            .stream = one.stream, .seq = one.seq, .actor_id = one.actor_id, .at = one.at};
        if (one.bytes.empty()) {
            walk.take(recorded);
            continue;
        }
        const auto event = checker.read_stored(one.bytes);
        EXPECT_TRUE(event.has_value()) << one.bytes;
        recorded.event = &*event;
        walk.take(recorded);
    }
    return walk;
}

// "a: allow default:low_risk_write -> deny no-notes: stricter"
inline std::string text_of(const Comparison& one) {
    const auto ruled = [](const std::optional<Ruled>& ruled) {
        if (!ruled) return std::string("?");
        std::string text(to_text(ruled->outcome));
        for (const std::string& rule : ruled->rules) text += " " + rule;
        return text + (ruled->confirm_by.empty() ? "" : " of " + ruled->confirm_by);
    };
    const bool begun = one.moment == Comparison::Moment::begun;
    return one.action_id + (begun ? " begins: " : ": ") + ruled(one.recorded) + " -> " +
           ruled(one.would) + ": " + std::string(to_text(one.difference()));
}

}  // namespace lifeline::whatif
