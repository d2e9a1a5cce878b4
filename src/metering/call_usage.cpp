#include "metering/call_usage.h"

#include <algorithm>
#include <utility>

namespace lifeline::metering {

namespace {

using contract::EventType;

const UsageKey& duration_key() {
    static const UsageKey key{.meter = std::string(meter_names::duration)};
    return key;
}

// Who counted it: we, or somebody who told us.
UsageRecord::Class class_of(const UsageKey& key) {
    return measured_here(key.meter) ? UsageRecord::Class::measured : UsageRecord::Class::imported;
}

}  // namespace

CallUsage::CallUsage(CallName name, std::shared_ptr<const Meters> meters)
    : name_(std::move(name)), meters_(std::move(meters)) {}

bool CallUsage::concerned() const {
    if (connected_ && !over_) return true;
    return std::ranges::any_of(tallies_, [](const auto& one) { return one.second.open(); });
}

std::int64_t CallUsage::duration_ms(const Moment& now) const {
    const auto since = running_ ? std::max(now.steady - running_->steady, Micros(0)) : Micros(0);
    return (micros_ + since.count()) / 1000;
}

std::vector<CallUsage::Open> CallUsage::open(const Moment& now) const {
    std::vector<Open> found;
    const auto add = [&](const UsageKey& key, const Tally& tally, std::int64_t more) {
        const Meter* const meter = meters_->find(key.meter);
        if (meter == nullptr) return;
        const std::int64_t quantity = tally.open_quantity(more, meter->rounding);
        if (quantity != 0)
            found.push_back({key, tally.hour().value_or(window_of(now.wall)), quantity});
    };
    const std::int64_t more = running_ ? duration_ms(now) - micros_ / 1000 : 0;
    for (const auto& [key, tally] : tallies_)
        if (key != duration_key()) add(key, tally, 0);
    const auto time = tallies_.find(duration_key());
    add(duration_key(), time == tallies_.end() ? Tally() : time->second, more);
    return found;
}

std::vector<CallUsage::SoFar> CallUsage::so_far(const Moment& now) const {
    std::vector<SoFar> found;
    const auto add = [&](const UsageKey& key, std::int64_t quantity) {
        if (quantity != 0) found.push_back({key, quantity});
    };
    for (const auto& [key, tally] : tallies_)
        if (key != duration_key()) add(key, tally.measured());
    if (meters_->find(meter_names::duration) != nullptr) add(duration_key(), duration_ms(now));
    return found;
}

void CallUsage::take(const contract::Event& event, const Witness& witness, const Moment& at,
                     Due& due) {
    switch (event.type()) {
        case EventType::call_connected:
            connected_ = true;
            return run(at, &witness, due);
        case EventType::call_reconnected:
            connected_ = true;
            return run(at, &witness, due);
        case EventType::call_reconnecting:
            if (running_) stop(at, "paused", due);
            if (connected_) tallies_[duration_key()].witness(witness);
            connected_ = false;
            return;
        case EventType::call_ended:
        case EventType::call_terminal_failure:
            return end(at, witness, due);
        case EventType::transcript_final:
            return take_final(event, witness, at, due);
        case EventType::billing_usage_reported:
            return take_report(event, witness, at, due);
        case EventType::billing_usage_reconciled:
            return take_correction(event, witness, at, due);
        default:
            return take_action(event, witness, at, due);
    }
}

void CallUsage::run(const Moment& at, const Witness* opening, Due& due) {
    if (over_) return;
    if (running_) stop(at, "paused", due);
    running_ = at;
    if (opening == nullptr) return;
    opening_ = *opening;
}

void CallUsage::stop(const Moment& at, std::string_view cause, Due& due) {
    add_time(*running_, at, due);
    running_.reset();
    stopped_ = cause;
}

// Cut at the edges of hours as they lie from where it began: should the wall clock have jumped in
// between, the sum is what the steady one says.
void CallUsage::add_time(Moment from, const Moment& to, Due& due) {
    const Meter* const meter = meters_->find(meter_names::duration);
    if (meter == nullptr) return;
    Tally& tally = tallies_[duration_key()];
    Micros left = std::max(to.steady - from.steady, Micros(0));
    while (left > Micros(0)) {
        const Window hour = window_of(from.wall);
        const Micros to_edge = WallTime(hour + std::chrono::hours(1)) - from.wall;
        const Micros part = std::min(left, to_edge);
        const std::int64_t before = micros_ / 1000;
        micros_ += part.count();
        const WallTime until = from.wall + std::chrono::floor<Millis>(part);
        keep(tally.add(hour, {.raw = micros_ / 1000 - before, .from = from.wall, .to = until},
                       meter->rounding),
             duration_key(), due);
        if (opening_) tally.witness(*opening_);
        from.wall = until;
        left -= part;
    }
}

void CallUsage::end(const Moment& at, const Witness& witness, Due& due) {
    if (over_) return;
    const bool ran = running_.has_value();
    if (ran) {
        stop(at, "end", due);
        tallies_[duration_key()].witness(witness);
    }
    over_ = true;
    connected_ = false;
    cut_all(Window::max(), due);
    std::erase_if(actions_, [](const auto& one) { return !one.second.started; });
}

void CallUsage::run_began(const Moment& last, const Moment& now, Due& due) {
    if (running_) stop(last, "crash", due);
    hour_began(now, due);
    if (connected_) run(now, nullptr, due);
}

void CallUsage::hour_began(const Moment& now, Due& due) {
    if (running_) {
        add_time(*running_, now, due);
        running_ = now;
    }
    cut_all(window_of(now.wall), due);
}

void CallUsage::run_stops(const Moment& now, Due& due) {
    if (running_) stop(now, "paused", due);
}

void CallUsage::cut_all(Window before, Due& due) {
    for (auto& [key, tally] : tallies_) {
        if (!tally.open() || *tally.hour() >= before) continue;
        std::string_view cause = before == Window::max() ? "end" : "hour";
        if (key.meter == meter_names::duration && !running_ && !stopped_.empty()) cause = stopped_;
        keep(tally.cut(cause, meters_->find(key.meter)->rounding), key, due);
    }
}

void CallUsage::keep(std::optional<UsageRecord> record, const UsageKey& key, Due& due) {
    if (!record) return;
    record->key = key;
    record->cls = class_of(key);
    record->id = record_id(name_, key, meters_->find(key.meter)->version, text_of(record->window));
    due.push_back(*std::move(record));
}

std::string CallUsage::add(const UsageKey& key, const Fact& fact, const Witness& witness,
                           const Moment& at, Due& due) {
    if (over_ || fact.hour < window_of(at.wall)) {
        Fact alone = fact;
        alone.evidence.add(witness);
        return apart(key, alone, class_of(key), true, due);
    }
    const Meter& meter = *meters_->find(key.meter);
    Tally& tally = tallies_[key];
    keep(tally.add(fact.hour, fact.portion, meter.rounding), key, due);
    tally.witness(witness);
    return {};
}

bool CallUsage::holds(const UsageKey& key, std::int64_t more_raw) const {
    const auto tally = tallies_.find(key);
    return (tally == tallies_.end() ? Tally() : tally->second).holds(more_raw);
}

// Of the record that this hour will have.
std::string CallUsage::id_of_open(const UsageKey& key) {
    return tallies_.at(key).open_id([&](Window hour) {
        return record_id(name_, key, meters_->find(key.meter)->version, text_of(hour));
    });
}

std::string CallUsage::apart(const UsageKey& key, const Fact& fact, UsageRecord::Class cls,
                             bool known, Due& due) {
    const Meter& meter = *meters_->find(key.meter);
    UsageRecord record = tallies_[key].apart(fact.hour, fact.portion, meter.rounding);
    record.id = record_id(name_, key, meter.version, fact.id);
    record.key = key;
    record.cls = cls;
    record.evidence = fact.evidence;
    record.action_id = fact.action_id;
    record.report_id = fact.report_id;
    record.corrects = fact.corrects;
    if (!known) {
        record.raw = record.quantity = std::nullopt;
        record.needs_reconciliation = true;
    }
    due.push_back(record);
    return record.id;
}

}  // namespace lifeline::metering
