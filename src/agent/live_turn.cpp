#include "agent/live_turn.h"

#include <algorithm>
#include <utility>

#include "agent/spoken.h"
#include "contract/form.h"
#include "contract/json_writer.h"

namespace lifeline::agent {

namespace {

// What an event can carry, with room for escapes; an answer is never longer.
constexpr std::size_t answer_bytes_max = 12'000;
constexpr std::size_t calls_max = 16;
constexpr std::size_t thought_bytes_max = 64 * 1024;
// A driver that does not keep its own deadline.
constexpr Millis overrun{5'000};

// The input that the most attempts took up, which is one of the first attempt's, also when words
// that were begun earlier have come in between: so each attempt's actions have the same ids.
std::string root_of(const Conversation& conversation, const TurnDecision& decision,
                    const std::string& otherwise) {
    const auto attempts = [&](const std::string& id) {
        const Utterance* input = conversation.utterance(id);
        return input != nullptr ? input->attempts : 0;
    };
    const auto& inputs = decision.inputs;
    if (!inputs.empty()) return *std::ranges::max_element(inputs, {}, attempts);
    return !decision.results.empty() ? decision.results.front() : otherwise;
}

}  // namespace

LiveTurn::LiveTurn(Parts parts, std::string id, TurnDecision decision)
    : parts_(std::move(parts)),
      id_(std::move(id)),
      names_(id_),
      decision_(std::move(decision)),
      root_(root_of(parts_.conversation, decision_, id_)),
      began_(parts_.loop.clock().steady()),
      model_(parts_.driver->model()),
      mode_rev_(parts_.conversation.mode_rev()) {
    if (parts_.conversation.mode_by() == parts_.conversation.agent_id())
        own_mode_ = parts_.conversation.mode();
}

std::string LiveTurn::word_or(std::string_view text, std::string_view otherwise) {
    return std::string(contract::matches(contract::Form::word, text) ? text : otherwise);
}

LiveTurn::~LiveTurn() {
    over();
    *alive_ = false;
}

void LiveTurn::begin() {
    contract::JsonWriter json;
    json.object().key("turnId").value(id_);
    json.key("orchestrator").value(parts_.driver->name());
    json.key("inputUtteranceIds").array();
    for (const std::string& input : decision_.inputs) json.value(input);
    json.end();
    if (contract::matches(contract::Form::word, model_)) json.key("model").value(model_);
    json.key("attempt").value(decision_.attempt).end();
    parts_.outbox.say(names_.event("start"), "orchestration.turn.started", json.take(), As::agent,
                      [this, alive = alive_](const Status& status) {
                          if (!*alive || phase_ != Phase::beginning) return;
                          if (status) return ask_model();
                          refused_ = true;
                          over();
                          parts_.loop.post(parts_.refused);
                      });
}

void LiveTurn::ask_model() {
    if (const auto denied =
            parts_.ledger.denied(parts_.settings.caps, spent_, parts_.conversation.session_id(),
                                 parts_.conversation.owner_id(), parts_.loop.clock().wall()))
        return quota(*denied);
    phase_ = Phase::thinking;
    PromptParts seen{.conversation = parts_.conversation,
                     .persona = parts_.settings.persona,
                     .running = id_,
                     .rounds = rounds_,
                     .before = parts_.before,
                     .window = parts_.settings.window};
    Prompt prompt;
    prompt.session_id = parts_.conversation.session_id();
    prompt.agent_id = parts_.conversation.agent_id();
    prompt.owner_id = parts_.conversation.owner_id();
    prompt.account_id = parts_.conversation.account_id();
    prompt.turn_id = id_;
    prompt.idempotency_key = run_key(prompt.session_id, names_, rounds_.size());
    prompt.system = system_text(seen);
    prompt.messages = messages_of(seen);
    if (!parts_.driver->acts_by_itself()) prompt.tools = parts_.tools;
    prompt.output_tokens_max = parts_.settings.output_tokens_max;
    prompt.timeout = parts_.settings.model_timeout;
    asked_bytes_ = prompt.system.size();
    for (const Message& message : prompt.messages) asked_bytes_ += message.text.size();
    telling_.clear();
    for (std::string& id : told_by_prompt(parts_.conversation))
        if (!told_.contains(id)) telling_.push_back(std::move(id));
    usage_.reset();
    rounds_.emplace_back();
    round_text_ = text_.size();
    wait_timer_ = parts_.loop.start_timer(prompt.timeout + overrun, [this] {
        wait_timer_ = 0;
        failed({.reason = "model_timeout", .detail = "the model took too long", .retryable = true});
    });
    run_ = parts_.driver->start(std::move(prompt), *this);
}

void LiveTurn::text(std::string_view piece) {
    if (phase_ != Phase::thinking || piece.empty()) return;
    if (text_.size() == round_text_ && !text_.empty() && !text_.ends_with('\n')) text_ += '\n';
    say(piece);
    rounds_.back().text += piece;
    if (text_.size() < answer_bytes_max) return;
    account();
    run_.reset();
    tell_results("completed");
    finish("max_tokens");
}

void LiveTurn::thought(std::string_view piece) {
    if (phase_ != Phase::thinking) return;
    std::string& thought = rounds_.back().thought;
    if (thought.size() + piece.size() <= thought_bytes_max) thought += piece;
}

void LiveTurn::called(ToolCall call) {
    if (phase_ == Phase::thinking && rounds_.back().calls.size() < calls_max)
        rounds_.back().calls.push_back({.call = std::move(call), .action_id = {}, .answer = {}});
}

void LiveTurn::answering(std::string_view model) {
    model_ = model;
}

void LiveTurn::used(const Usage& usage) {
    usage_ = usage;
}

void LiveTurn::gave_way(const Failure& failure) {
    if (phase_ != Phase::thinking) return;
    if (failure.reached) account();
    usage_.reset();
    rounds_.back().thought.clear();
}

void LiveTurn::ended(std::string_view stop_reason) {
    if (phase_ != Phase::thinking) return;
    const std::string why(stop_reason);
    account();
    run_.reset();
    tell_results("completed");
    // Silence is no answer: all its tokens went into thoughts, perhaps.
    if (rounds_.size() == 1 && rounds_.back().calls.empty() && text_.empty())
        return fail_with({.reason = "model_silent",
                          .detail = "the model said nothing and stopped: " + why,
                          .retryable = true});
    if (rounds_.back().calls.empty()) return finish(why);
    carry_out();
}

void LiveTurn::failed(const Failure& failure) {
    if (phase_ != Phase::thinking) return;
    if (failure.reached) account();
    fail_with(failure);  // The run, whose it may be, goes last.
}

// What the model was shown is on record as told, also when its answer was not heard to the end.
void LiveTurn::tell_results(std::string_view status) {
    for (const std::string& id : std::exchange(telling_, {})) {
        if (!told_.insert(id).second) continue;
        contract::JsonWriter json;
        json.object().key("actionId").value(id).key("target").value("model");
        json.key("status").value(status).end();
        parts_.outbox.say(names_.event("told:" + short_digest(id, 12)),
                          "orchestration.result.delivered", json.take());
    }
}

void LiveTurn::look() {
    if (phase_ != Phase::acting || (!settled() && !waited_enough_)) return;
    if (wait_timer_ != 0) parts_.loop.cancel_timer(std::exchange(wait_timer_, 0));
    if (static_cast<int>(rounds_.size()) >= parts_.settings.rounds_max) return finish("max_rounds");
    ask_model();
}

// What happens here: nothing that a person has to be waited for.
bool LiveTurn::settled() const {
    return std::ranges::all_of(rounds_.back().calls, [this](const CalledTool& called) {
        if (called.action_id.empty()) return !called.waits;
        const ActionRecord* action = parts_.conversation.action(called.action_id);
        return action != nullptr &&
               (action->is_over() || action->state == ActionRecord::State::waiting);
    });
}

void LiveTurn::over() {
    phase_ = Phase::over;
    run_.reset();
    if (show_timer_ != 0) parts_.loop.cancel_timer(std::exchange(show_timer_, 0));
    if (wait_timer_ != 0) parts_.loop.cancel_timer(std::exchange(wait_timer_, 0));
}

std::int64_t LiveTurn::age() const {
    return std::chrono::duration_cast<Millis>(parts_.loop.clock().steady() - began_).count();
}

std::int64_t LiveTurn::call_millis() const {
    return millis_in_call(parts_.conversation, parts_.loop.clock().wall());
}

}  // namespace lifeline::agent
