#include "sinks/lane.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "sinks/totals.h"

namespace lifeline::sinks {

namespace {

using Stage = Delivery::Stage;

bool is_failure_of_sink(const Reply& reply) {
    return reply.of == Reply::Of::sink &&
           (reply.meaning == Reply::Meaning::transient || reply.meaning == Reply::Meaning::unknown);
}

}  // namespace

Lane::Lane(const Adapter& adapter, LaneOptions options, Random& random)
    : adapter_(adapter),
      options_(options),
      random_(random),
      circuit_(options.circuit),
      rate_(adapter.capability().per_second) {}

std::string Lane::key_of(const Entry& entry) const {
    return entry.charge.account + " " + entry.charge.item;
}

bool Lane::is_busy(const Entry& entry) const {
    const std::size_t most = adapter_.capability().per_key;
    if (most == 0) return false;
    const auto found = busy_.find(key_of(entry));
    return found != busy_.end() && found->second >= most;
}

void Lane::hold(const Entry& entry) {
    ++busy_[key_of(entry)];
}

void Lane::release(const Entry& entry) {
    const auto found = busy_.find(key_of(entry));
    CHECK(found != busy_.end());
    if (--found->second == 0) busy_.erase(found);
}

void Lane::reschedule(const std::string& id, Entry& entry, WallTime due) {
    due_.erase({entry.delivery.due, id});
    entry.delivery.due = due;
    due_.emplace(due, id);
}

void Lane::add(Charge charge, Delivery delivery) {
    const std::string id = charge.id;
    const auto [entry, added] =
        entries_.try_emplace(id, Entry{std::move(charge), std::move(delivery)});
    if (added && entry->second.delivery.stage == Stage::ready)
        due_.emplace(entry->second.delivery.due, id);
}

std::vector<Lane::Work> Lane::take(WallTime now) {
    std::vector<Work> works;
    if (!stopped_.empty() || paused_until_ > now) return works;
    // place() changes due_, so what is due is written down first.
    std::vector<std::string> due;
    for (const auto& [when, id] : due_) {
        if (when > now) break;
        due.push_back(id);
    }
    for (const std::string& id : due)
        if (Entry& entry = entries_.at(id); !is_busy(entry) && !place(id, entry, works, now)) break;
    return works;
}

// When all that was sent of its account, item and hour can be seen there.
WallTime Lane::seen_after(const Entry& entry) const {
    const auto found = sent_.find(key_of(entry) + " " + entry.charge.window);
    return found == sent_.end() ? WallTime() : found->second + adapter_.capability().settles;
}

void Lane::remember(const Entry& entry, WallTime now) {
    if (adapter_.capability().read_back != ReadBack::aggregate) return;
    constexpr std::size_t many = 1'000;
    if (sent_.size() >= many)
        std::erase_if(sent_, [&](const auto& sent) {
            return sent.second + adapter_.capability().settles <= now;
        });
    sent_[key_of(entry) + " " + entry.charge.window] = now;
}

// False: nothing more can go now.
bool Lane::place(const std::string& id, Entry& entry, std::vector<Work>& works, WallTime now) {
    const Capability& sink = adapter_.capability();
    const Next what = next(entry.delivery, entry.charge, sink, options_.retry, now);
    if (what.what == Next::Do::wait) {
        reschedule(id, entry, what.until);
        return true;
    }
    auto refused = what.what == Next::Do::send ? adapter_.refuses(entry.charge) : std::nullopt;
    if (what.what == Next::Do::park || refused) {
        hold(entry);
        park(entry.delivery, refused ? Because::permanent : what.because,
             refused ? *refused : what.message);
        due_.erase({entry.delivery.due, id});
        settle(id, entry);
        return true;
    }
    const bool asks = what.what == Next::Do::ask;
    if (const WallTime seen = seen_after(entry); asks && seen > now) {
        reschedule(id, entry, seen);
        return true;
    }
    Work* const last = works.empty() ? nullptr : &works.back();
    const bool joins = !asks && !entry.delivery.alone && last != nullptr &&
                       last->kind == Work::Kind::send && !last->trial &&
                       last->ids.size() < sink.batch_max &&
                       !entries_.at(last->ids.front()).delivery.alone;
    if (!joins) {
        const auto way = circuit_.way(now);
        if (way == Circuit::Way::closed || in_flight_ >= sink.in_flight_max || !rate_.may(now))
            return false;
        rate_.spend();
        ++in_flight_;
        const bool trial = way == Circuit::Way::one;
        if (trial) circuit_.trying();
        works.push_back(
            {.kind = asks ? Work::Kind::ask : Work::Kind::send, .trial = trial, .ids = {}});
    }
    works.back().ids.push_back(id);
    due_.erase({entry.delivery.due, id});
    hold(entry);
    if (asks) {
        asking(entry.delivery);
    } else {
        sending(entry.delivery, sink, now);
        remember(entry, now);
    }
    return true;
}

void Lane::answered(const Work& work, const std::vector<Reply>& replies, WallTime now) {
    CHECK(work.ids.size() == replies.size());
    --in_flight_;
    for (std::size_t i = 0; i < replies.size(); ++i) {
        Entry& entry = entries_.at(work.ids[i]);
        // A sink that is down, or wants nothing more, is not the fault of whatever is sent then.
        const bool counts = replies[i].meaning != Reply::Meaning::disabled &&
                            (!work.trial || replies[i].status != 0);
        sinks::answered(entry.delivery, replies[i], options_.retry, counts, now, random_);
        settle(work.ids[i], entry);
    }
    judge_sink(replies, now);
}

void Lane::judge_sink(const std::vector<Reply>& replies, WallTime now) {
    const Reply& first = replies.front();
    if (first.meaning == Reply::Meaning::disabled) {
        circuit_.succeeded();
        return stop(first.message);
    }
    const bool failure = std::ranges::all_of(replies, is_failure_of_sink);
    const bool throttled = first.status == 429;
    if (failure && (first.retry_after || throttled)) {
        const Millis pause =
            std::min(first.retry_after.value_or(options_.throttle), options_.retry.retry_after_max);
        paused_until_ = std::max(paused_until_, now + pause);
    }
    if (failure && !throttled) {
        circuit_.failed(first.message, now, random_);
    } else {
        circuit_.succeeded();
    }
}

void Lane::told(const Work& work, const Found& found, std::int64_t known, WallTime now) {
    --in_flight_;
    const std::string& id = work.ids.front();
    Entry& entry = entries_.at(id);
    const Found judged = judge_sum(found, known, entry.charge.quantity, others_of(id, entry));
    sinks::told(entry.delivery, judged, options_.retry, now, random_);
    settle(id, entry);
    if (found.what == Found::What::failed) {
        circuit_.failed(found.message, now, random_);
    } else {
        circuit_.succeeded();
    }
}

std::vector<std::int64_t> Lane::others_of(const std::string& id, const Entry& entry) const {
    std::vector<std::int64_t> others;
    for (const auto& [other, its] : entries_)
        if (other != id && its.delivery.maybe_since && its.charge.window == entry.charge.window &&
            key_of(its) == key_of(entry))
            others.push_back(its.charge.quantity);
    return others;
}

// It has come back from what was under way with it.
void Lane::settle(const std::string& id, Entry& entry) {
    if (entry.delivery.stage == Stage::ready) {
        due_.emplace(entry.delivery.due, id);
        release(entry);
        return;
    }
    ended_.push_back(id);
}

std::vector<std::string> Lane::take_ended() {
    recording_.insert(ended_.begin(), ended_.end());
    return std::exchange(ended_, {});
}

void Lane::recorded(const std::string& id) {
    if (recording_.erase(id) == 0) return;
    const auto entry = entries_.find(id);
    CHECK(entry != entries_.end());
    release(entry->second);
    if (entry->second.delivery.stage != Stage::parked) entries_.erase(entry);
}

void Lane::stop(std::string why) {
    stopped_ = std::move(why);
}

void Lane::resume() {
    stopped_.clear();
    ended_.insert(ended_.end(), recording_.begin(), recording_.end());
    recording_.clear();
}

std::optional<WallTime> Lane::wake(WallTime now) {
    if (!stopped_.empty()) return std::nullopt;
    if (in_flight_ >= adapter_.capability().in_flight_max) return std::nullopt;
    const auto free = std::ranges::find_if(
        due_, [this](const auto& due) { return !is_busy(entries_.at(due.second)); });
    if (free == due_.end()) return std::nullopt;
    WallTime when = std::max({free->first, paused_until_, now});
    if (circuit_.way(now) == Circuit::Way::closed) {
        if (*circuit_.until() <= now) return std::nullopt;  // One is under way to see.
        when = std::max(when, *circuit_.until());
    }
    if (!rate_.may(now)) when = std::max(when, rate_.next(now));
    return when;
}

Status Lane::redrive(const std::string& id, WallTime now) {
    const auto found = entries_.find(id);
    if (found == entries_.end() || found->second.delivery.stage != Stage::parked ||
        recording_.contains(id) || std::ranges::find(ended_, id) != ended_.end())
        return fail(Code::not_found, "dead_letter_not_found", id);
    sinks::redrive(found->second.delivery, now);
    due_.emplace(found->second.delivery.due, id);
    return {};
}

Status Lane::discard(const std::string& id) {
    const auto found = entries_.find(id);
    if (found == entries_.end() || found->second.delivery.stage != Stage::parked ||
        recording_.contains(id) || std::ranges::find(ended_, id) != ended_.end())
        return fail(Code::not_found, "dead_letter_not_found", id);
    sinks::discard(found->second.delivery);
    return {};
}

const Lane::Entry* Lane::find(const std::string& id) const {
    const auto found = entries_.find(id);
    return found == entries_.end() ? nullptr : &found->second;
}

}  // namespace lifeline::sinks
