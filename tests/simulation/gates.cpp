#include "gates.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "agency.h"

namespace lifeline::simulation {

namespace {

using contract::Role;

const contract::Actor bot{"agent", "bot"};

constexpr std::array types{"read", "post", "note", "daily", "send"};

safety::Stop some_stop(Random& chance) {
    using safety::StopScope;
    switch (chance.below(4)) {
        case 0:
            return {.scope = StopScope::instance};
        case 1:
            return {.scope = StopScope::account, .account_id = "acct_1"};
        default:
            return {.scope = StopScope::action_type,
                    .action_type = types.at(chance.below(types.size()))};
    }
}

}  // namespace

void Gates::switch_something() {
    safety::Switchboard board;
    const std::uint64_t now = ++switched_;
    enforced_ = false;
    if (stop_) {
        stop_.reset();
    } else {
        stop_ = some_stop(chance_);
        const safety::StopChange change{*stop_, true, "root", "drill"};
        (void)board.apply("safety.killswitch.changed", safety::payload_of(change));
    }
    house_.take_judge(judge_of(mutant_, board.switches()), [this, now] {
        if (switched_ == now) enforced_ = stop_.has_value();
    });
}

std::uint64_t Gates::in_force_for(const std::string& action_type) const {
    if (!enforced_) return 0;
    const bool covered =
        stop_->scope != safety::StopScope::action_type || stop_->action_type == action_type;
    return covered ? switched_ : 0;
}

void Gates::grant(const std::string& call, const std::string& owner) {
    const contract::Actor who{"user", owner};
    if (!meant_.empty() && chance_.below(4) == 0) {
        const std::string id = fmt::format("grt_{}", 1 + chance_.below(meant_.size()));
        return house_.submit(call, {call::RevokeGrant{id}, who, Role::user},
                             [](const Result<session::Receipt>&) {});
    }
    Meant meant;
    if (chance_.below(2) == 0) meant.to = fmt::format("{}", chance_.below(notes_to));
    meant.uses_max = chance_.below(4) == 0 ? 2 : 1;
    call::CreateGrant wanted;
    wanted.grant_id = fmt::format("grt_{}", meant_.size() + 1);
    wanted.action_type = "note";
    wanted.constraint_json = meant.to ? fmt::format(R"({{"/to":"{}"}})", *meant.to) : "{}";
    wanted.uses_max = meant.uses_max;
    wanted.lives = grant_lives;
    meant_.emplace(wanted.grant_id, std::move(meant));
    house_.submit(call, {std::move(wanted), who, Role::user},
                  [](const Result<session::Receipt>&) {});
}

std::int64_t Gates::count(const std::string& call, const std::string& action_id) {
    const auto next = static_cast<std::int64_t>(counted_.size()) + 1;
    const std::int64_t known = counted_.try_emplace(call + action_id, next).first->second;
    return mutant_ == Mutant::count_not_counted ? 1 : known;
}

void Gates::did(const std::string& action_type) {
    if (action_type == "daily" && ++daily_done_ > daily_max)
        model_.violation("more than a day's number was done");
}

void Gates::speak(const std::string& call, const std::string& owner) {
    house_.look(call, [this, call, owner](const call::State& state) {
        for (const call::Action& action : state.actions) {
            if (!action.confirmation || chance_.below(2) == 0) continue;
            return say(call, owner, action.confirmation->id);
        }
    });
}

// In every order and by everybody, also by those whose word is none.
void Gates::say(const std::string& call, const std::string& owner, const std::string& question) {
    const std::string n = fmt::format("{}", ++said_);
    const contract::Actor person{"user", owner};
    const bool read_back = chance_.below(3) != 0;
    const bool too_early = chance_.below(5) == 0;
    const std::string answer =
        std::array{"yes", "yes", "yes, but to Eve", "no"}.at(chance_.below(4));
    const auto begin = [&] {
        publish(
            call, person, Role::user, "transcript.utterance.started",
            fmt::format(
                R"({{"utteranceId":"say_{}","speaker":"user","participantId":"{}","startMs":0}})",
                n, owner));
    };
    if (too_early) begin();
    if (read_back)
        publish(call, bot, Role::agent, "transcript.final",
                fmt::format(R"({{"utteranceId":"back_{}","speaker":"agent","text":"Shall I?",)"
                            R"("startMs":0,"endMs":0,"confirmationId":"{}"}})",
                            n, question));
    if (!too_early) begin();
    // Its own voice, heard by the microphone.
    if (chance_.below(6) == 0)
        publish(call, bot, Role::agent, "transcript.final",
                fmt::format(R"({{"utteranceId":"echo_{}","speaker":"agent","text":"yes",)"
                            R"("startMs":0,"endMs":0}})",
                            n));
    publish(call, person, Role::user, "transcript.final",
            fmt::format(R"({{"utteranceId":"say_{}","speaker":"user","text":"{}",)"
                        R"("startMs":0,"endMs":0}})",
                        n, answer));
}

void Gates::publish(const std::string& call, const contract::Actor& who, Role role,
                    const std::string& type, const std::string& payload) {
    const std::string id = fmt::format("said_{}_{}", ++said_, who.id);
    contract::EventChecker checker;
    auto event = checker.check(
        contract::event_json(id, call, format_rfc3339(house_.loop.clock().wall()), type, payload));
    if (!event) return model_.violation("not an event: " + event.error().detail);
    model_.sent(call, id, event->json());
    house_.submit(call, {call::Publish{std::move(*event)}, who, role},
                  [this, call, id](const Result<session::Receipt>& receipt) {
                      if (receipt) model_.acknowledged(call, id, receipt->seq);
                  });
}

}  // namespace lifeline::simulation
