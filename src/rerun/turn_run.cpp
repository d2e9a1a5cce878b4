#include "rerun/turn_run.h"

#include <fmt/format.h>

#include <utility>

#include "agent/own_tools.h"
#include "agent/turn_names.h"
#include "contract/canonical.h"
#include "contract/json.h"

namespace lifeline::rerun {

namespace {

// As a live turn has them.
constexpr std::size_t answer_bytes_max = 12'000;
constexpr std::size_t calls_max = 16;
constexpr Millis overrun{5'000};

bool is_own(std::string_view name) {
    return name == agent::own_tools::set_mode || name == agent::own_tools::note_intent;
}

}  // namespace

TurnRun::TurnRun(Parts parts, const RecordedTurn& turn, Done done)
    : parts_(std::move(parts)),
      turn_(turn),
      done_(std::move(done)),
      prompt_(turn.prompt),
      used_up_(turn.calls.size(), false) {
    answer_.model = parts_.driver.model();
    prompt_.tools = parts_.tools;
    prompt_.output_tokens_max = parts_.settings.output_tokens_max;
    prompt_.timeout = parts_.settings.model_timeout;
    ask();
}

TurnRun::~TurnRun() {
    *alive_ = false;
    if (timer_ != 0) parts_.loop.cancel_timer(timer_);
}

void TurnRun::ask() {
    if (parts_.ledger.denied(parts_.settings.caps, answer_.amount, turn_.session_id,
                             prompt_.owner_id, parts_.loop.clock().wall()))
        return finish("quota");
    // Not the recorded key: a provider may give its old answer again.
    prompt_.idempotency_key = agent::run_key(turn_.session_id, agent::TurnNames(turn_.turn_id),
                                             static_cast<std::size_t>(answer_.rounds)) +
                              "_whatif";
    usage_.reset();
    round_text_.clear();
    thought_.clear();
    round_calls_.clear();
    timer_ = parts_.loop.start_timer(prompt_.timeout + overrun, [this] {
        timer_ = 0;
        failed({.reason = "model_timeout", .detail = "the model took too long"});
    });
    run_ = parts_.driver.start(prompt_, *this);
}

void TurnRun::text(std::string_view piece) {
    if (over_ || piece.empty()) return;
    if (round_text_.empty() && !answer_.text.empty() && !answer_.text.ends_with('\n'))
        answer_.text += '\n';
    answer_.text += piece;
    round_text_ += piece;
    if (answer_.text.size() < answer_bytes_max) return;
    account();
    finish("max_tokens");
}

void TurnRun::called(agent::ToolCall call) {
    if (!over_ && round_calls_.size() < calls_max) round_calls_.push_back(std::move(call));
}

void TurnRun::gave_way(const agent::Failure& failure) {
    if (!over_ && failure.reached) account();
    thought_.clear();
}

// Each model call counts, also one that failed; what was not told is guessed for the caps, and said
// to be unknown.
void TurnRun::account() {
    const agent::Usage unknown = parts_.driver.asks_a_model()
                                     ? agent::Usage()
                                     : agent::Usage{.input_tokens = 0, .output_tokens = 0};
    const agent::Usage usage = std::exchange(usage_, std::nullopt).value_or(unknown);
    std::size_t bytes = prompt_.system.size() + round_text_.size() + thought_.size();
    for (const agent::Message& message : prompt_.messages) bytes += message.text.size();
    const agent::Amount amount =
        agent::amount_of(usage, parts_.settings.prices, static_cast<std::int64_t>(bytes / 4));
    answer_.amount += amount;
    answer_.input_tokens += usage.input_tokens.value_or(0);
    answer_.output_tokens += usage.output_tokens.value_or(0);
    answer_.usage_known =
        answer_.usage_known && usage.input_tokens.has_value() && usage.output_tokens.has_value();
    parts_.ledger.add({.id = fmt::format("{} {}", turn_.turn_id, ++asked_),
                       .session_id = turn_.session_id,
                       .user_id = prompt_.owner_id,
                       .at = parts_.loop.clock().wall(),
                       .amount = amount});
}

void TurnRun::ended(std::string_view stop_reason) {
    if (over_) return;
    const std::string why(stop_reason);
    account();
    if (timer_ != 0) parts_.loop.cancel_timer(std::exchange(timer_, 0));
    ++answer_.rounds;
    if (round_calls_.empty()) return finish(why);
    if (!answer_calls()) return finish("unasked");
    if (answer_.rounds >= parts_.settings.rounds_max) return finish("max_rounds");
    // By a job of its own: it is the run that is speaking.
    parts_.loop.post([this, alive = alive_] {
        if (*alive && !over_) ask();
    });
}

void TurnRun::failed(const agent::Failure& failure) {
    if (over_) return;
    if (failure.reached) account();
    answer_.failure = failure;
    finish("failed");
}

// The one that it was the same as, each once.
const RecordedCall* TurnRun::recorded(const agent::ToolCall& call) {
    for (std::size_t i = 0; i < turn_.calls.size(); ++i) {
        const RecordedCall& one = turn_.calls[i];
        if (used_up_[i] || one.type != call.name || one.args_json != call.args_json) continue;
        used_up_[i] = true;
        return &one;
    }
    return nullptr;
}

// False where one of them was not asked for then.
bool TurnRun::answer_calls() {
    agent::Message asked{.role = agent::Message::Role::assistant,
                         .text = round_text_,
                         .thought = std::move(thought_)};
    std::vector<agent::Message> answers;
    bool all_known = true;
    for (agent::ToolCall& call : round_calls_) {
        const auto args = contract::Json::parse(call.args_json.empty() ? "{}" : call.args_json);
        if (args && args->is_object()) call.args_json = contract::canonical_json(*args);
        call.id = fmt::format("now_{}", ++called_);
        std::string told = R"({"status":"succeeded"})";
        if (!is_own(call.name)) {
            const RecordedCall* known = recorded(call);
            all_known = all_known && known != nullptr && !known->answer.empty();
            if (known != nullptr) told = known->answer;
            answer_.calls.push_back(call);
        }
        answers.push_back({.role = agent::Message::Role::tool, .text = told, .call_id = call.id});
        asked.calls.push_back(call);
    }
    prompt_.messages.push_back(std::move(asked));
    for (agent::Message& one : answers) prompt_.messages.push_back(std::move(one));
    return all_known;
}

void TurnRun::finish(std::string_view stopped) {
    over_ = true;
    answer_.stopped = stopped;
    if (timer_ != 0) parts_.loop.cancel_timer(std::exchange(timer_, 0));
    parts_.loop.post([this, alive = alive_] {
        if (!*alive) return;
        run_.reset();
        if (auto done = std::exchange(done_, {})) done(std::move(answer_));
    });
}

}  // namespace lifeline::rerun
