#include "api/agent_action.h"

#include <memory>
#include <utility>

#include "api/api.h"
#include "api/caller.h"
#include "call/action_events.h"
#include "call/cut_text.h"
#include "call/payload.h"
#include "contract/form.h"
#include "contract/reason.h"
#include "gateway/gateway.h"

namespace lifeline::api {

namespace {

using call::Action;
using contract::Role;
using journal::Done;
namespace reason = contract::reason;

constexpr std::size_t summary_characters_max = 512;

// The turn in which it was asked for: the agent's own, when it has one open.
std::string turn_of(const call::State& state, const std::string& agent_id) {
    std::string found;
    for (const call::OpenTurn& turn : state.open_turns) {
        if (turn.starter != agent_id) continue;
        if (!found.empty()) return {};
        found = turn.id;
    }
    return found;
}

std::string requested_json(const AgentRequest& request, const std::string& turn_id) {
    contract::JsonWriter by;
    by.object();
    if (!turn_id.empty()) by.key("turnId").value(turn_id);
    if (contract::matches(contract::Form::id, request.tool_call_id))
        by.key("toolCallId").value(request.tool_call_id);
    by.end();
    return call::Payload()
        .text("actionId", request.ids.action_id)
        .text("actionType", request.asked.type)
        .text("summary", call::cut_text(request.asked.summary, summary_characters_max))
        .raw("args", request.asked.args_json)
        .optional("idempotencyKey", request.asked.idempotency_key)
        .raw("requestedBy", by.take())
        .take();
}

// One action on its way from the request to an answer. Lives on the call's loop, held by whatever
// it waits for.
class Course final : public std::enable_shared_from_this<Course>, private session::Watcher {
public:
    enum class Until : std::uint8_t { a_person_is_asked, over };

    Course(session::Shard& shard, gateway::Lane& lane, std::string session_id,
           identity::Principal agent, Until until, Millis wait, Done<mcp::ActionAnswer> done)
        : shard_(shard),
          lane_(lane),
          session_id_(std::move(session_id)),
          agent_(std::move(agent)),
          until_(until),
          wait_(wait),
          done_(std::move(done)) {}

    void request(AgentRequest request, std::shared_ptr<SharedBucket> publishes) {
        publishes_ = std::move(publishes);
        action_id_ = request.ids.action_id;
        with_call([self = shared_from_this(), request = std::move(request)](session::Actor& actor) {
            if (actor.state().action(self->action_id_) != nullptr) return self->repeat(actor);
            self->publish(actor, request);
        });
    }

    void follow(std::string action_id) {
        action_id_ = std::move(action_id);
        with_call([self = shared_from_this()](session::Actor& actor) { self->stand(actor); });
    }

private:
    using WithActor = std::move_only_function<void(session::Actor&)>;

    // The call, when the agent may still act in it.
    void with_call(WithActor then) {
        shard_.with(session_id_, session::Shard::Missing::refuse,
                    [self = shared_from_this(),
                     then = std::move(then)](Result<session::Actor*> actor) mutable {
                        if (!actor) return self->done_(fail(actor.error()));
                        if (const auto may = may_act((*actor)->state(), self->agent_); !may)
                            return self->done_(fail(may.error()));
                        then(**actor);
                    });
    }

    void publish(session::Actor& actor, const AgentRequest& request) {
        if (const auto may = gateway::may_publish(*publishes_, shard_.loop().clock().steady());
            !may)
            return done_(fail(may.error()));
        auto event = lane_.checker().check(
            contract::event_json(
                request.ids.event_id, session_id_, format_rfc3339(shard_.loop().clock().wall()),
                contract::type_info(contract::EventType::orchestration_action_requested).name,
                requested_json(request, turn_of(actor.state(), agent_.user_id))),
            contract::Sender::client);
        if (!event) return done_(fail(event.error()));
        submit(actor, std::move(*event),
               [self = shared_from_this()](Result<session::Receipt> receipt) {
                   if (receipt && !receipt->duplicate) return self->follow(self->action_id_);
                   // Its twin came first; the time in it differs, and nothing else can.
                   if (receipt || receipt.error().reason == reason::id_conflict ||
                       receipt.error().reason == reason::action_exists) {
                       self->repeated_ = true;
                       return self->follow(self->action_id_);
                   }
                   self->done_(fail(receipt.error()));
               });
    }

    void submit(session::Actor& actor, contract::Event event, Done<session::Receipt> done) {
        actor.submit({call::Publish{std::move(event)},
                      {std::string(contract::to_text(Role::agent)), agent_.user_id},
                      Role::agent,
                      call::by_account(caller_of(agent_))},
                     std::move(done));
    }

    void repeat(session::Actor& actor) {
        repeated_ = true;
        stand(actor);
    }

    void stand(session::Actor& actor) {
        const Action* action = actor.state().action(action_id_);
        if (action == nullptr)
            return done_(contract::refuse(reason::action_unknown, "no such action in this call"));
        if (!action->duplicate_of.empty()) {
            action_id_ = action->duplicate_of;
            return repeat(actor);
        }
        if (settled(*action) || wait_ <= Millis{0}) return conclude(actor);
        // Watching keeps the actor open; the timer keeps this.
        actor_ = &actor;
        actor.watch(*this);
        timer_ =
            shard_.loop().start_timer(std::min(wait_, mcp::wait_max), [self = shared_from_this()] {
                self->timer_ = 0;
                self->wait_over();
            });
    }

    bool settled(const Action& action) const {
        return action.is_over() || action.state == call::ActionState::unknown ||
               (until_ == Until::a_person_is_asked &&
                action.state == call::ActionState::awaiting_confirmation);
    }

    void changed() override {
        const Action* action = actor_->state().action(action_id_);
        if (action != nullptr && !settled(*action)) return;
        // The timer's own hold on this goes with it.
        const auto self = shared_from_this();
        if (timer_ != 0) shard_.loop().cancel_timer(std::exchange(timer_, 0));
        wait_over();
    }

    void wait_over() {
        std::exchange(actor_, nullptr)->unwatch(*this);
        wait_ = Millis{0};
        shard_.loop().post([self = shared_from_this()] { self->follow(self->action_id_); });
    }

    void conclude(session::Actor& actor) {
        const Action& action = *actor.state().action(action_id_);
        if (!action.is_over()) return done_(mcp::action_answer(action, repeated_, std::nullopt));
        const bool rejected = action.outcome == "rejected";
        actor.stream().fetch(
            rejected ? call::events::answer_event_id(action_id_)
                     : call::events::end_event_id(action_id_),
            [self = shared_from_this(), action,
             rejected](Result<std::optional<journal::StoredEvent>> found) {
                if (!found) return self->done_(fail(found.error()));
                std::optional<contract::Event> outcome;
                if (*found && !(*found)->erased)
                    if (auto event = self->lane_.checker().read_stored((*found)->bytes))
                        outcome = std::move(*event);
                self->done_(mcp::action_answer(action, self->repeated_, outcome));
                if (!rejected && !action.told && action.requester == self->agent_.user_id)
                    self->record_that_it_was_told();
            });
    }

    // So that nobody tells the agent again; that it could not be recorded harms nobody.
    void record_that_it_was_told() {
        shard_.with(
            session_id_, session::Shard::Missing::refuse,
            [self = shared_from_this()](Result<session::Actor*> actor) {
                if (!actor) return;
                auto event = self->lane_.checker().check(
                    contract::event_json(
                        "told_" + self->action_id_.substr(0, 59), self->session_id_,
                        format_rfc3339(self->shard_.loop().clock().wall()),
                        contract::type_info(contract::EventType::orchestration_result_delivered)
                            .name,
                        call::Payload()
                            .text("actionId", self->action_id_)
                            .text("target", "model")
                            .text("status", "completed")
                            .take()),
                    contract::Sender::client);
                if (event)
                    self->submit(**actor, std::move(*event), [](Result<session::Receipt>) {});
            });
    }

    session::Shard& shard_;
    gateway::Lane& lane_;
    std::shared_ptr<SharedBucket> publishes_;
    std::string session_id_;
    identity::Principal agent_;
    Until until_;
    Millis wait_;
    Done<mcp::ActionAnswer> done_;
    std::string action_id_;
    bool repeated_ = false;
    session::Actor* actor_ = nullptr;  // While it is watched.
    Loop::TimerId timer_ = 0;
};

std::shared_ptr<Course> course(Api& api, const std::string& session_id,
                               const identity::Principal& agent, Course::Until until, Millis wait,
                               Loop& home, Done<mcp::ActionAnswer> done) {
    session::Sessions& sessions = api.parts().sessions;
    return std::make_shared<Course>(
        sessions.home(session_id), api.parts().gateway.lane(sessions.shard_of(session_id)),
        session_id, agent, until, wait, session::on_loop<mcp::ActionAnswer>(home, std::move(done)));
}

}  // namespace

Status may_act(const call::State& state, const identity::Principal& agent) {
    const auto role = authorize(state, agent, Need::read);
    if (!role) return fail(role.error());
    if (*role != Role::agent)
        return contract::refuse(reason::forbidden, "only an agent of the call acts by this door");
    if (state.over()) return contract::refuse(reason::session_over);
    return {};
}

void request_action_for(Api& api, AgentRequest request, Loop& home, Done<mcp::ActionAnswer> done) {
    auto publishes = api.parts().gateway.rates().publishing(request.agent, request.session_id,
                                                            home.clock().steady());
    if (!publishes)
        return home.post([done = std::move(done), error = std::move(publishes.error())]() mutable {
            done(fail(std::move(error)));
        });
    auto one = course(api, request.session_id, request.agent, Course::Until::a_person_is_asked,
                      request.asked.wait, home, std::move(done));
    api.parts()
        .sessions.home(request.session_id)
        .loop()
        .post([one = std::move(one), request = std::move(request),
               publishes = std::move(*publishes)]() mutable {
            one->request(std::move(request), std::move(publishes));
        });
}

void tell_action_to(Api& api, AgentQuestion question, Loop& home, Done<mcp::ActionAnswer> done) {
    auto one = course(api, question.session_id, question.agent, Course::Until::over, question.wait,
                      home, std::move(done));
    api.parts()
        .sessions.home(question.session_id)
        .loop()
        .post([one = std::move(one), action_id = std::move(question.action_id)]() mutable {
            one->follow(std::move(action_id));
        });
}

}  // namespace lifeline::api
