#include "explain/watch.h"

#include <fmt/format.h>

#include "explain/line_text.h"

namespace lifeline::explain {

namespace {

using contract::EventType;
namespace field = contract::field;

// Less is a network's doing, or a recogniser's.
constexpr Millis jump_least = std::chrono::seconds(10);
constexpr Millis late_least = std::chrono::seconds(10);

}  // namespace

bool Watch::take(const Recorded& recorded, const Cast& cast) {
    const bool gap = recorded.seq != last_seq_ + 1;
    if (gap)
        found_.push_back(
            {"gap", Severity::error, recorded.seq, "",
             fmt::format("events {} to {} are missing", last_seq_ + 1, recorded.seq - 1)});
    last_seq_ = recorded.seq;
    if (recorded.event == nullptr) {
        erased(recorded.seq);
        return true;
    }
    erased_from_.reset();
    if (recorded.event->type() == EventType::call_connected) connected_at_ = recorded.at;
    if (recorded.event->type() == EventType::transcript_final) check_final(recorded);
    check_clock(recorded, cast);
    return gap;
}

// All that were erased in a row are one thing to know.
void Watch::erased(std::uint64_t seq) {
    if (erased_from_) {
        found_.back().what = fmt::format("events {} to {} were erased", *erased_from_, seq);
        return;
    }
    erased_from_ = seq;
    found_.push_back(
        {"erased", Severity::warning, seq, "", fmt::format("event {} was erased", seq)});
}

// A clock that is wrong is told once, and again when it is wrong by another amount.
void Watch::check_clock(const Recorded& recorded, const Cast& cast) {
    const auto ts = parse_rfc3339(recorded.event->ts());
    if (!ts) return;
    const Millis ahead = *ts - recorded.at;
    Millis& known = ahead_[recorded.actor.kind + " " + recorded.actor.id];
    if (std::chrono::abs(ahead - known) < jump_least) return;
    known = ahead;
    const std::string whose = "the clock of " + cast.name(recorded.actor);
    const std::string by = duration_text(std::chrono::abs(ahead));
    std::string what = whose + " is right again";
    if (ahead >= jump_least) what = whose + " is " + by + " ahead of the server's";
    if (ahead <= -jump_least)
        what = whose + " is " + by + " behind the server's, or the event was held up";
    found_.push_back({"clock_jump", Severity::warning, recorded.seq, line_text(recorded.actor.id),
                      std::move(what)});
}

void Watch::check_final(const Recorded& recorded) {
    namespace f = field::transcript_final;
    const contract::Event& event = *recorded.event;
    const std::string id = line_text(event.text(f::utterance_id));
    if (event.flag(f::late)) {
        found_.push_back({"late_final", Severity::warning, recorded.seq, id,
                          "the final text of " + id + " came after the end of the call"});
        return;
    }
    if (!connected_at_) return;
    const Millis late = recorded.at - (*connected_at_ + Millis{event.integer(f::end_ms)});
    if (late < late_least) return;
    found_.push_back({"late_final", Severity::warning, recorded.seq, id,
                      fmt::format("the final text of {} came {} after it had been said", id,
                                  duration_text(late))});
}

void Watch::tell(Story& story) const {
    story.anomalies.insert(story.anomalies.end(), found_.begin(), found_.end());
}

}  // namespace lifeline::explain
