#include "agency.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "call/action_events.h"

namespace lifeline::simulation {

namespace {

using contract::Role;

const contract::Actor bot{"agent", "bot"};
const contract::Actor server{"server", "lifeline"};

class Policy final : public call::Judge {
public:
    Policy(Mutant mutant, safety::KillSwitches stopped)
        : mutant_(mutant), stopped_(std::move(stopped)) {}

    std::optional<call::ToolFacts> tool(std::string_view type) const override {
        call::ToolFacts facts;
        facts.timeout = Millis{300};
        facts.executor = "http";
        facts.requesters = {Role::agent};
        if (type == "post" || type == "note" || type == "daily")
            facts.risk = contract::Risk::low_risk_write;
        if (type == "read") {
            facts.risk = contract::Risk::read_only;
            facts.repeatable = true;
            facts.attempts = 3;
        }
        return facts;
    }
    Result<void> check_args(std::string_view, std::string_view) const override { return {}; }
    call::Ruling rule(const call::Question& question) const override {
        call::Ruling ruling;
        ruling.policy_id = "simulation";
        ruling.policy_version = "1";
        ruling.inputs_hash = std::string(64, '0');
        if (mutant_ != Mutant::kill_switch_ignored &&
            stopped_.stop({.action_type = question.action_type,
                           .session_id = question.session_id,
                           .account_id = question.account_id,
                           .args_json = "{}"})) {
            ruling.reason = "kill_switch";
            ruling.stopped = true;
            return ruling;
        }
        const auto& counts = question.facts.counts;
        if (question.action_type == "daily" && counts && counts->account > daily_max) {
            ruling.reason = "policy_denied";
            return ruling;
        }
        using Said = call::EngineWord::Outcome;
        const auto& engine = question.facts.engine;
        if (question.action_type == "post" && engine && engine->outcome != Said::allow &&
            mutant_ != Mutant::engine_ignored) {
            ruling.reason = "policy_denied";
            return ruling;
        }
        const bool asked = question.action_type == "send" || question.action_type == "note";
        ruling.outcome = asked ? call::Ruling::Outcome::confirm : call::Ruling::Outcome::allow;
        ruling.confirm_within = answer_within;
        ruling.by_voice = true;
        return ruling;
    }
    // A post is judged by an engine, too, and a daily one is counted; either may be slower than it
    // may be.
    call::Needs needs(std::string_view type) const override {
        return {.counts = type == "daily", .engine = type == "post", .within = evaluate_within};
    }
    call::Spoken spoken(std::string_view text, std::string_view) const override {
        if (text == "yes") return call::Spoken::yes;
        return text == "no" ? call::Spoken::no : call::Spoken::neither;
    }
    call::Shown show(std::string_view, std::string_view, std::string_view args) const override {
        call::Shown shown;
        shown.preview = args;
        return shown;
    }

private:
    Mutant mutant_;
    safety::KillSwitches stopped_;
};

std::string args_of(std::uint64_t n) {
    return fmt::format(R"({{"to":"{}"}})", n);
}

}  // namespace

std::shared_ptr<const call::Judge> judge_of(Mutant mutant, safety::KillSwitches stopped) {
    return std::make_shared<const Policy>(mutant, std::move(stopped));
}

Agency::Agency(House& house, Model& model, Random& chance, Mutant mutant)
    : house_(house), model_(model), chance_(chance), mutant_(mutant) {}

void Agency::turn(const std::string& call, const std::string& owner) {
    switch (chance_.below(15)) {
        case 0:
        case 1:
            return ask(call);
        case 2:
        case 3:
            return answer(call, owner);
        case 4:
        case 5:
        case 6:
            return claim(call);
        case 7:
        case 8:
            return assess(call);
        case 9:
            // Seldom, and not for long: what is stopped does not happen.
            if (chance_.below(3) == 0) gates_.switch_something();
            return;
        case 10:
            return gates_.grant(call, owner);
        case 11:
            return gates_.speak(call, owner);
        case 12:
            return cancel(call, owner);
        default:
            return tell();
    }
}

void Agency::ask(const std::string& call) {
    const std::uint64_t n = ++asked_;
    const std::string id = fmt::format("act_{}", n);
    const std::string type =
        std::array{"read", "read", "post", "note", "note", "daily", "daily", "send", "send", "send"}
            .at(chance_.below(10));
    const std::string args = args_of(chance_.below(type == "note" ? notes_to : 1000));
    contract::EventChecker checker;
    auto event = checker.check(contract::event_json(
        fmt::format("ask_{}", n), call, format_rfc3339(house_.loop.clock().wall()),
        "orchestration.action.requested",
        fmt::format(R"({{"actionId":"{}","actionType":"{}","summary":"s","args":{}}})", id, type,
                    args)));
    model_.sent(call, std::string(event->id()), event->json());
    house_.submit(call, {call::Publish{std::move(*event)}, bot, Role::agent},
                  [this, call, n](Result<session::Receipt> receipt) {
                      if (receipt)
                          model_.acknowledged(call, fmt::format("ask_{}", n), receipt->seq);
                  });
}

void Agency::answer(const std::string& call, const std::string& owner) {
    look(call, [this, call, owner](const call::State& state) {
        for (const call::Action& action : state.actions) {
            if (!action.confirmation || chance_.below(2) == 0) continue;
            call::AnswerConfirmation answer;
            answer.confirmation_id = action.confirmation->id;
            answer.args_hash = action.confirmation->args_hash;
            answer.decision = chance_.below(4) == 0 ? "deny" : "approve";
            if (chance_.below(4) == 0) {
                answer.decision = "edit";
                answer.args_json = args_of(chance_.below(1000));
            }
            // Looked at before somebody edited it.
            if (chance_.below(6) == 0) answer.args_hash = std::string(64, 'f');
            // Somebody else's answer counts for nothing.
            const bool stranger = chance_.below(6) == 0;
            const contract::Actor who{"user", stranger ? "mallory" : owner};
            if (!stranger && answer.decision == "approve")
                gates_.approved(answer.confirmation_id, answer.args_hash);
            house_.submit(call, {std::move(answer), who, Role::user},
                          [](const Result<session::Receipt>&) {});
        }
    });
}

// Seldom, and of one at a time: else nothing would ever be done.
void Agency::cancel(const std::string& call, const std::string& owner) {
    look(call, [this, call, owner](const call::State& state) {
        for (const call::Action& action : state.actions) {
            if (action.is_over() || chance_.below(8) != 0) continue;
            return house_.submit(call, {call::CancelAction{action.id}, {"user", owner}, Role::user},
                                 [](const Result<session::Receipt>&) {});
        }
    });
}

// The engine's word for each action is the same whenever it is asked; it may come twice, for
// another decision, or after the wait was over.
void Agency::assess(const std::string& call) {
    using Said = call::EngineWord::Outcome;
    look(call, [this, call](const call::State& state) {
        for (const call::Action& action : state.actions) {
            if (action.state != call::ActionState::evaluating || chance_.below(3) == 0) continue;
            const bool counted = action.type == "daily";
            const auto [said, fresh] = engine_.try_emplace(call + action.id, Said::allow);
            if (fresh)
                said->second =
                    std::array{Said::allow, Said::deny, Said::unavailable}.at(chance_.below(3));
            call::AssessAction found;
            found.action_id = action.id;
            found.decision_id = chance_.below(6) == 0
                                    ? "dec_of_another"
                                    : call::events::decision_id(action, action.evaluations + 1);
            if (counted) {
                const std::int64_t count = gates_.count(call, action.id);
                found.facts.counts = call::DayCounts{count, count};
            } else {
                found.facts.engine = call::EngineWord{.outcome = said->second};
            }
            for (std::uint64_t i = 0; i <= chance_.below(2); ++i)
                house_.submit(call, {found, server, Role::server},
                              [](const Result<session::Receipt>&) {});
        }
    });
}

void Agency::look(const std::string& call, std::function<void(const call::State&)> look) {
    house_.look(call, std::move(look));
}

}  // namespace lifeline::simulation
