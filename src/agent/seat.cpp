#include "agent/seat.h"

#include <algorithm>
#include <utility>

#include "agent/offers.h"
#include "agent/spoken.h"
#include "agent/turn_names.h"
#include "agent/usage_record.h"

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
    if (!std::exchange(caught_up_, true)) take_up();
    consider();
}

// What happened while nobody was in this seat: a run that its process left behind may go on at its
// provider, and people may have talked over what was played to them.
void Seat::take_up() {
    const std::string last = turn_id(conversation_.agent_id(), conversation_.turns_begun());
    const TurnRecord* turn = conversation_.turn(last);
    if (turn != nullptr && (turn->state == TurnRecord::State::open || turn->why == "restarted"))
        parts_.agent.driver->call_off(conversation_.session_id(),
                                      run_key(conversation_.session_id(), TurnNames(last), 0));
    for (const auto& [id, known] : conversation_.turns()) cut_late(id);
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
            leave(conversation_.is_over() ? LiveTurn::Why::call_over : LiveTurn::Why::removed);
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
    turn_ = std::make_unique<LiveTurn>(
        LiveTurn::Parts{.loop = parts_.loop,
                        .driver = parts_.agent.driver,
                        .settings = parts_.agent.settings,
                        .conversation = conversation_,
                        .before = before_,
                        .ledger = parts_.ledger,
                        .outbox = outbox_,
                        .tools = offers_to(parts_.agent.settings, parts_.tools()),
                        .refused =
                            [this, alive = alive_] {
                                if (*alive) consider();
                            }},
        turn_id(conversation_.agent_id(), number), std::move(decision));
    turn_->begin();
}

// A turn of a process that died: what it showed is what was heard of it, and it ends as failed.
void Seat::recover(const std::string& turn_id) {
    if (std::exchange(recovering_, turn_id) == turn_id) return;
    const TurnRecord& turn = *conversation_.turn(turn_id);
    measure_dead(turn);
    close_dead(turn, As::agent);
}

// What its last model call cost nobody knows any more, and it was not nothing.
void Seat::measure_dead(const TurnRecord& turn) {
    const Driver& driver = *parts_.agent.driver;
    const Utterance* said = conversation_.utterance(TurnNames(turn.id).utterance());
    const bool had_ended = said != nullptr && said->is_final;
    if (had_ended || !driver.asks_a_model()) return;
    const std::vector<Round> rounds;
    const PromptParts asked{.conversation = conversation_,
                            .persona = parts_.agent.settings.persona,
                            .running = turn.id,
                            .rounds = rounds,
                            .before = before_,
                            .window = parts_.agent.settings.window};
    std::size_t bytes = system_text(asked).size() + turn.shown.size();
    for (const Message& message : messages_of(asked)) bytes += message.text.size();
    record_usage({.conversation = conversation_,
                  .turn_id = turn.id,
                  .number = turn.measured + 1,
                  .driver = driver.name(),
                  .model = driver.model(),
                  .guess = static_cast<std::int64_t>(bytes / 4),
                  .prices = parts_.agent.settings.prices},
                 parts_.ledger, outbox_, parts_.loop.clock().wall());
}

void Seat::close_dead(const TurnRecord& turn, As as) {
    const TurnNames names(turn.id);
    const auto name = [&](std::string_view what) {
        return as == As::agent ? names.event(what) : names.server_event(what, 0);
    };
    const Utterance* said = conversation_.utterance(names.utterance());
    if (said != nullptr && !said->is_over)
        outbox_.say(
            name("cut"), "transcript.truncated",
            cut_payload(said->id, heard_of(turn.shown, turn.played, conversation_.channel()),
                        turn.shown, turn.played.value_or(Millis{0}), "error"),
            as);
    outbox_.say(
        name("end"), "orchestration.turn.failed",
        restarted_payload(turn.id, std::max(parts_.loop.clock().wall() - turn.began, Millis{0})),
        as);
}

// Its last words are said first; whose turn it was that is still open in the call, it is closed.
void Seat::leave(LiveTurn::Why why) {
    if (std::exchange(over_, true)) return;
    if (timer_ != 0) parts_.loop.cancel_timer(std::exchange(timer_, 0));
    const TurnRecord* open = conversation_.open_turn();
    if (turn_) {
        turn_->abandon(why);
    } else if (why == LiveTurn::Why::removed && open != nullptr) {
        measure_dead(*open);
        close_dead(*open, As::server);
    }
    turn_.reset();
    outbox_.when_empty(parts_.left);
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
    outbox_.say(names.event("late", static_cast<std::size_t>(turn->played->count())),
                "transcript.truncated",
                cut_payload(said->id, heard, said->text, *turn->played, "barge_in"));
}

}  // namespace lifeline::agent
