#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "agent/live_turn.h"
#include "agent/own_tools.h"
#include "contract/canonical.h"
#include "contract/form.h"
#include "contract/json.h"
#include "contract/json_writer.h"

// What a turn does with the tools that its model calls.
namespace lifeline::agent {

namespace {

// A tool error as the model reads it: it can do better.
std::string error_text(std::string_view what) {
    contract::JsonWriter json;
    json.object().key("status").value("error").key("note").value(what).end();
    return json.take();
}

std::string id_or(std::string_view id, std::string otherwise) {
    return contract::matches(contract::Form::id, id) ? std::string(id) : std::move(otherwise);
}

}  // namespace

void LiveTurn::carry_out() {
    phase_ = Phase::acting;
    if (wait_timer_ != 0) parts_.loop.cancel_timer(std::exchange(wait_timer_, 0));
    show();
    for (CalledTool& called : rounds_.back().calls) carry_out(called);
    waited_enough_ = false;
    wait_timer_ = parts_.loop.start_timer(parts_.settings.action_wait, [this] {
        wait_timer_ = 0;
        waited_enough_ = true;
        look();
    });
    // By a job of its own: the model's last word may be what is calling.
    parts_.loop.post([this, alive = alive_] {
        if (*alive) look();
    });
}

void LiveTurn::carry_out(CalledTool& called) {
    const auto known = std::ranges::find(parts_.tools, called.call.name, &ToolOffer::name);
    if (known == parts_.tools.end()) {
        called.answer = error_text(fmt::format("there is no tool {}", cut(called.call.name, 80)));
        return;
    }
    const auto args =
        contract::Json::parse(called.call.args_json.empty() ? "{}" : called.call.args_json);
    if (!args || !args->is_object()) {
        called.answer = error_text("the arguments are not one JSON object; call the tool again");
        // What is not JSON cannot be shown to the model as what it called, either.
        called.call.args_json = "{}";
        return;
    }
    std::string canonical = contract::canonical_json(*args);
    called.call.args_json = canonical;
    if (called.call.name == own_tools::set_mode) return set_mode(called, canonical);
    if (called.call.name == own_tools::note_intent) return note_intent(called, canonical);
    ask_for(called, std::move(canonical));
}

bool LiveTurn::called_off_by_interruption(std::string_view tool) const {
    return std::ranges::any_of(
        parts_.settings.cancel_on_interrupt,
        [tool](const std::string& named) { return named == "*" || named == tool; });
}

// The same request of an earlier attempt at this answer is that action; one that was called off
// when somebody talked over it may be asked for anew.
void LiveTurn::ask_for(CalledTool& called, std::string args_json) {
    const Conversation& conversation = parts_.conversation;
    const auto asked_in_this_turn = [this](std::string_view id) {
        return std::ranges::any_of(rounds_, [&](const Round& round) {
            return std::ranges::any_of(
                round.calls, [&](const CalledTool& other) { return other.action_id == id; });
        });
    };
    for (std::size_t repeat = 0;; ++repeat) {
        std::string id = action_id(conversation.session_id(), conversation.agent_id(), root_,
                                   called.call.name, args_json, repeat);
        if (asked_in_this_turn(id)) continue;
        const ActionRecord* before = conversation.action(id);
        if (before != nullptr && before->outcome == "cancelled") continue;
        called.action_id = std::move(id);
        if (before != nullptr) return;
        break;
    }
    contract::JsonWriter json;
    json.object().key("actionId").value(called.action_id);
    json.key("actionType").value(called.call.name);
    json.key("summary").value(fmt::format("{} {}", called.call.name, cut(args_json, 300)));
    json.key("args").raw(args_json);
    json.key("requestedBy").object().key("turnId").value(id_);
    json.key("toolCallId").value(id_or(called.call.id, called.action_id)).end();
    json.key("idempotencyKey").value(called.action_id);
    if (called_off_by_interruption(called.call.name)) json.key("cancelOnInterrupt").value(true);
    json.end();
    const std::size_t round = rounds_.size() - 1;
    const auto place = static_cast<std::size_t>(&called - rounds_.back().calls.data());
    parts_.outbox.say("agt:" + called.action_id, "orchestration.action.requested", json.take(),
                      As::agent, [this, alive = alive_, round, place](const Status& status) {
                          if (!*alive || phase_ == Phase::over || status) return;
                          refuse(rounds_[round].calls[place], status.error());
                          look();
                      });
}

void LiveTurn::refuse(CalledTool& called, const Error& error) {
    called.action_id.clear();
    called.answer = error_text(fmt::format("refused: {} {}", error.reason, error.detail));
}

// Nothing has happened until the call has taken it.
Outbox::Done LiveTurn::answer_when_taken(CalledTool& called) {
    called.waits = true;
    called.answer = R"({"status":"running"})";
    const std::size_t round = rounds_.size() - 1;
    const auto place = static_cast<std::size_t>(&called - rounds_.back().calls.data());
    return [this, alive = alive_, round, place](const Status& status) {
        if (!*alive || phase_ == Phase::over) return;
        CalledTool& taken = rounds_[round].calls[place];
        taken.waits = false;
        if (status) {
            taken.answer = R"({"status":"succeeded"})";
        } else {
            refuse(taken, status.error());
        }
        look();
    };
}

void LiveTurn::set_mode(CalledTool& called, std::string_view args_json) {
    const auto change = own_tools::read_mode(args_json);
    if (!change) {
        called.answer = error_text(change.error().detail);
        return;
    }
    // The mode that it set before makes way: several would all seem to be in force.
    if (!own_mode_.empty() && own_mode_ != change->mode && change->state != "deactivated")
        change_mode(own_mode_, "deactivated", "another mode takes its place", {}, {});
    if (change->state != "deactivated") {
        own_mode_ = change->mode;
    } else if (own_mode_ == change->mode) {
        own_mode_.clear();
    }
    change_mode(change->mode, change->state, change->reason, change->context_json,
                answer_when_taken(called));
}

void LiveTurn::change_mode(std::string_view mode, std::string_view state, std::string_view reason,
                           std::string_view context_json, Outbox::Done done) {
    contract::JsonWriter json;
    json.object().key("mode").value(mode).key("state").value(state);
    json.key("reason").value(reason).key("rev").value(++mode_rev_);
    if (!context_json.empty()) json.key("context").raw(context_json);
    json.end();
    parts_.outbox.say(names_.event("mode", static_cast<std::size_t>(modes_++)),
                      "orchestration.mode.changed", json.take(), As::agent, std::move(done));
}

void LiveTurn::note_intent(CalledTool& called, std::string_view args_json) {
    const auto intent = own_tools::read_intent(args_json);
    if (!intent) {
        called.answer = error_text(intent.error().detail);
        return;
    }
    contract::JsonWriter json;
    json.object().key("turnId").value(id_).key("intent").value(intent->intent);
    json.key("confidence").value(intent->confidence).key("evidenceUtteranceIds").array();
    for (const std::string& input : decision_.inputs) json.value(input);
    json.end();
    if (!intent->slots_json.empty()) json.key("slots").raw(intent->slots_json);
    json.end();
    parts_.outbox.say(names_.event("intent", static_cast<std::size_t>(modes_++)),
                      "orchestration.intent.detected", json.take(), As::agent,
                      answer_when_taken(called));
}

}  // namespace lifeline::agent
