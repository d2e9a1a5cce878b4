#include "metering/metering.h"

#include <memory>

namespace lifeline::metering {

namespace {

Moment moment_of(const journal::StoredEvent& event) {
    return {event.recorded_at, event.steady};
}

// No record rests on another one, and they are longer than most of what they rest on.
bool rests_on(const contract::Event& event) {
    return event.type() != contract::EventType::billing_usage_measured;
}

}  // namespace

Metering::View::Change Metering::read(const std::vector<journal::JournalEvent>& events) {
    std::vector<Happening> happenings;
    std::optional<Moment> before;
    for (const auto& [stream, stored] : events) {
        const auto previous = std::exchange(before, moment_of(stored));
        if (stored.erased || !may_concern(stored.bytes)) continue;
        auto event = checker_.read_stored(stored.bytes);
        if (!event) continue;
        happenings.push_back({.stream = stream,
                              .seq = stored.seq,
                              .position = stored.position,
                              .at = moment_of(stored),
                              .before = previous,
                              .bytes = rests_on(*event) ? sha_.of({stored.bytes}) : Digest{},
                              .event = *std::move(event)});
    }
    const Moment last = before.value_or(Moment());
    return [this, happenings = std::move(happenings), last](MeteringStore& store,
                                                            std::uint64_t cursor) mutable {
        const bool some = !happenings.empty();
        return tell_after(store.apply(std::move(happenings), last, cursor), some);
    };
}

void Metering::due(std::size_t limit, Loop& from, journal::Done<std::vector<DueRecord>> done) {
    ask(from, std::move(done), [limit](MeteringStore& store) { return store.due(limit); });
}

void Metering::set_aside(std::vector<std::string> records, Loop& from,
                         journal::Done<std::uint64_t> done) {
    ask(from, std::move(done),
        [records = std::move(records)](MeteringStore& store) { return store.set_aside(records); });
}

void Metering::due_of(std::string session_id, Loop& from, journal::Done<std::uint64_t> done) {
    ask_whole(from, std::move(done), [session_id = std::move(session_id)](MeteringStore& store) {
        return store.due_of(session_id);
    });
}

void Metering::standing(Loop& from, journal::Done<Standing> done) {
    ask(from, std::move(done), [](MeteringStore& store) { return store.standing(); });
}

void Metering::live(Moment now, std::size_t limit, Loop& from,
                    journal::Done<std::vector<LiveUsage>> done) {
    ask(from, std::move(done),
        [now, limit](MeteringStore& store) { return store.live(now, limit); });
}

void Metering::account_usage(AccountQuery query, Moment now, Loop& from,
                             journal::Done<AccountUsage> done) {
    ask(from, std::move(done), [query = std::move(query), now](MeteringStore& store) {
        return store.account_usage(query, now);
    });
}

void Metering::usage(UsageQuery query, Loop& from, journal::Done<std::vector<UsageRow>> done) {
    ask(from, std::move(done),
        [query = std::move(query)](MeteringStore& store) { return store.usage(query); });
}

}  // namespace lifeline::metering
