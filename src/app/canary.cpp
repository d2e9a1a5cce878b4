#include "app/canary.h"

#include <algorithm>

#include "call/decide.h"
#include "contract/event.h"
#include "contract/json.h"
#include "rulebook/rulebook.h"

namespace lifeline::app {

namespace {

using contract::Role;

constexpr std::string_view tool_name = "lifeline.canary_send";
constexpr std::string_view call_id = "sess_canary";

tools::Tool canary_tool() {
    tools::Tool tool;
    tool.name = tool_name;
    tool.kind = tools::Kind::client;
    tool.display.scope_kind = "message_send";
    tool.display.target = "/to";
    return tool;
}

call::Create canary_call() {
    call::Create create;
    create.owner_id = "usr_canary";
    create.account_id = "acct_canary";
    create.channel = "text";
    create.connect_timeout = std::chrono::minutes(5);
    create.max_duration = std::chrono::hours(1);
    create.reconnect_window = std::chrono::minutes(15);
    create.members = {{"usr_canary", Role::user, ""}, {"agt_canary", Role::agent, ""}};
    return create;
}

// A call in memory, which goes by the rules of every call.
class Cage {
public:
    explicit Cage(const call::Judge& judge) : judge_(judge) { state_.id = call_id; }

    Status run(call::Request request, contract::Actor actor, Role role) {
        const WallTime now{std::chrono::hours(1)};
        call::Command command{std::move(request), std::move(actor), role};
        const auto decision = call::decide(state_, command, now, judge_);
        if (!decision) return fail(decision.error());
        if (const auto* publish = std::get_if<call::Publish>(&command.request))
            call::apply(state_, publish->event, command.actor.id, ++seq_);
        for (const auto& made : decision->events) {
            const auto event = checker.check(
                contract::event_json(made.id, call_id, format_rfc3339(now),
                                     contract::type_info(made.type).name, made.payload),
                contract::Sender::server);
            if (!event) return fail(event.error());
            if (event->type() == contract::EventType::safety_evaluated)
                rules = event->raw(contract::field::safety_evaluated::rules);
            call::apply(state_, *event, command.actor.id, ++seq_);
        }
        return {};
    }
    const call::State& state() const { return state_; }

    contract::EventChecker checker;
    std::string rules = "[]";

private:
    const call::Judge& judge_;
    call::State state_;
    std::uint64_t seq_ = 0;
};

}  // namespace

Result<Canary> fly_canary(const safety::Policy& policy, std::vector<tools::Tool> tools,
                          const safety::KillSwitches& switches) {
    std::erase_if(tools, [](const tools::Tool& tool) { return tool.name == tool_name; });
    tools.push_back(canary_tool());
    auto registry = tools::Registry::create(std::move(tools));
    if (!registry) return fail(registry.error());
    const rulebook::Rulebook rulebook(
        {.tools = std::move(*registry), .policy = policy, .kill_switches = switches});
    Cage cage(rulebook);
    if (auto made = cage.run(canary_call(), {"user", "usr_canary"}, Role::user); !made)
        return fail(made.error());
    auto wish = cage.checker.check(contract::event_json(
        "canary", std::string(call_id), format_rfc3339(WallTime{std::chrono::hours(1)}),
        "orchestration.action.requested",
        R"({"actionId":"canary","actionType":"lifeline.canary_send","summary":"A canary.",)"
        R"("args":{"to":"nobody@canary.invalid","text":"Nobody approved this."}})"));
    if (!wish) return fail(wish.error());
    if (auto asked =
            cage.run(call::Publish{std::move(*wish)}, {"agent", "agt_canary"}, Role::agent);
        !asked)
        return fail(asked.error());
    Canary flown;
    const auto rules = contract::Json::parse(cage.rules);
    if (rules && !rules->items().empty()) flown.rule = rules->items().back().as_text().value_or("");
    // Whatever was decided, it must not be possible to begin it.
    const auto begun = cage.run(call::ClaimAction{"canary", std::chrono::seconds(1)},
                                {"server", "lifeline"}, Role::server);
    const call::Action* action = cage.state().action("canary");
    flown.approved =
        begun.has_value() && action != nullptr && action->state == call::ActionState::started;
    return flown;
}

}  // namespace lifeline::app
