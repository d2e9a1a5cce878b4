#include "agent/seat.h"

#include <algorithm>
#include <utility>

#include "agent/own_tools.h"
#include "agent/spoken.h"
#include "agent/turn_names.h"
#include "agent/usage_record.h"
#include "contract/json_writer.h"

namespace lifeline::agent {

namespace {

using contract::EventType;
using What = TurnDecision::What;
namespace field = contract::field;

// After a turn that the call did not take.
constexpr Millis refused_pause{1'000};
constexpr Millis wait_least{1};

}  // namespace

Seat::Seat(Parts parts, std::string session_id)
    : parts_(std::move(parts)),
      conversation_(session_id, parts_.agent.settings.user_id),
      outbox_(parts_.loop, parts_.door, std::move(session_id)) {}

Seat::~Seat() {
    *alive_ = false;
    if (timer_ != 0) parts_.loop.cancel_timer(timer_);
}

void Seat::take(const journal::StoredEvent& stored) {
    if (stored.erased) return conversation_.take_erased(stored.seq);
    const auto event = checker_.read_stored(stored.bytes);
    if (!event) return conversation_.take_erased(stored.seq);
    conversation_.take(*event, stored.actor.id, stored.seq, stored.recorded_at);
    if (const auto record = usage_record(*event)) parts_.ledger.add(*record);
    if (!caught_up_) return;
    if (event->type() == EventType::call_turn_interrupted)
        cut_late(event->text(field::call_turn_interrupted::turn_id));
    if (turn_) turn_->look();
    consider();
}

void Seat::caught_up() {
    caught_up_ = true;
    consider();
}

void Seat::consider() {
    if (timer_ != 0) parts_.loop.cancel_timer(std::exchange(timer_, 0));
    if (over_) return;
    // A turn stays until the call knows that it is over; else it would be begun twice.
    if (turn_ && turn_->is_over()) {
        const TurnRecord* record = conversation_.turn(turn_->id());
        const bool known = record != nullptr && record->state != TurnRecord::State::open;
        if (known || conversation_.is_over() || (turn_->was_refused() && outbox_.empty()))
            turn_.reset();
    }
    const WallTime now = parts_.loop.clock().wall();
    const TurnDecision decision = decide_turn(conversation_, parts_.agent.settings.pace, now,
                                              turn_ ? std::string_view(turn_->id()) : "");
    switch (decision.what) {
        case What::rest:
            break;
        case What::wait:
            timer_ = parts_.loop.start_timer(std::max(decision.until - now, wait_least), [this] {
                timer_ = 0;
                consider();
            });
            break;
        case What::begin:
            begin(decision);
            break;
        case What::barge_in:
            if (turn_ && !turn_->is_over())
                turn_->stop("barge_in", conversation_.turn(turn_->id())->played);
            break;
        case What::recover:
            recover(decision.turn_id);
            break;
        case What::leave:
            over_ = true;
            turn_.reset();
            break;
    }
}

void Seat::begin(TurnDecision decision) {
    const std::uint64_t number = conversation_.turns_begun() + 1;
    // The call did not take this very turn a moment ago.
    if (number == turn_number_) {
        turn_number_ = 0;
        timer_ = parts_.loop.start_timer(refused_pause, [this] {
            timer_ = 0;
            consider();
        });
        return;
    }
    turn_number_ = number;
    turn_ =
        std::make_unique<LiveTurn>(LiveTurn::Parts{.loop = parts_.loop,
                                                   .driver = parts_.agent.driver,
                                                   .settings = parts_.agent.settings,
                                                   .conversation = conversation_,
                                                   .before = before_,
                                                   .ledger = parts_.ledger,
                                                   .outbox = outbox_,
                                                   .tools = offers(),
                                                   .refused =
                                                       [this, alive = alive_] {
                                                           if (*alive) consider();
                                                       }},
                                   turn_id(conversation_.agent_id(), number), std::move(decision));
    turn_->begin();
}

// A turn of a process that died: what it showed is what was heard of it, and it ends as failed.
void Seat::recover(const std::string& turn_id) {
    if (recovering_ == turn_id) return;
    recovering_ = turn_id;
    const TurnNames names(turn_id);
    const TurnRecord& turn = *conversation_.turn(turn_id);
    const Millis age = std::max(parts_.loop.clock().wall() - turn.began, Millis{0});
    const Utterance* said = conversation_.utterance(names.utterance());
    if (said != nullptr && !said->is_over)
        outbox_.say(names.event("cut"), "transcript.truncated",
                    cut_payload(said->id, turn.shown, turn.shown, Millis{0}, "error"));
    contract::JsonWriter json;
    json.object().key("turnId").value(turn_id).key("durationMs").value(age.count());
    json.key("code").value("restarted");
    json.key("message").value("The server was restarted while the agent was answering.");
    json.key("retryable").value(true).end();
    outbox_.say(names.event("end"), "orchestration.turn.failed", json.take());
}

// Somebody spoke while the answer, which was whole already, was still being played to them: from
// now on the conversation holds what they heard of it.
void Seat::cut_late(std::string_view turn_id) {
    if (turn_ && !turn_->is_over() && turn_->id() == turn_id) return;
    const TurnRecord* turn = conversation_.turn(turn_id);
    if (turn == nullptr || turn->agent_id != conversation_.agent_id() || !turn->played ||
        turn->state == TurnRecord::State::open)
        return;
    const TurnNames names(turn_id);
    const Utterance* said = conversation_.utterance(names.utterance());
    if (said == nullptr) return;
    const std::string heard = heard_of(said->text, turn->played, conversation_.channel());
    if (heard.size() >= said->text.size()) return;
    outbox_.say(names.event("late", static_cast<std::size_t>(cuts_++)), "transcript.truncated",
                cut_payload(said->id, heard, said->text, *turn->played, "barge_in"));
}

std::vector<ToolOffer> Seat::offers() const {
    std::vector<ToolOffer> offers = own_tools::offers();
    const tools::Registry registry = parts_.tools();
    for (const tools::Tool& tool : registry.tools()) {
        if (!tool.requesters.has(contract::Role::agent)) continue;
        if (!parts_.agent.settings.all_tools &&
            std::ranges::find(parts_.agent.settings.tools, tool.name) ==
                parts_.agent.settings.tools.end())
            continue;
        offers.push_back({tool.name, tool.description, tool.schema_json});
    }
    return offers;
}

}  // namespace lifeline::agent
