#include "metering/metering.h"

#include <memory>

namespace lifeline::metering {

namespace {

Moment moment_of(const journal::StoredEvent& event) {
    return {event.recorded_at, event.steady};
}

}  // namespace

Metering::Metering(Loop& home, Worker& worker, journal::Journal& journal)
    : view_(home, worker, journal,
            [this](const std::vector<journal::JournalEvent>& events) { return read(events); }) {}

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
                              .bytes = sha_.of({stored.bytes}),
                              .event = *std::move(event)});
    }
    const Moment last = before.value_or(Moment());
    return [this, happenings = std::move(happenings), last](
               MeteringStore& store, std::uint64_t cursor) mutable -> Result<Job> {
        const bool some = !happenings.empty();
        if (const auto applied = store.apply(std::move(happenings), last, cursor); !applied)
            return fail(applied.error());
        if (!tell_ || !some) return Job();
        return Job([this] { tell_(); });
    };
}

void Metering::due(std::size_t limit, Loop& from, journal::Done<std::vector<DueRecord>> done) {
    view_.ask(from, std::move(done), [limit](MeteringStore& store) { return store.due(limit); });
}

void Metering::due_of(std::string session_id, Loop& from, journal::Done<std::uint64_t> done) {
    view_.ask(from, std::move(done), [session_id = std::move(session_id)](MeteringStore& store) {
        return store.due_of(session_id);
    });
}

void Metering::standing(Loop& from, journal::Done<Standing> done) {
    view_.ask(from, std::move(done), [](MeteringStore& store) { return store.standing(); });
}

void Metering::live(Moment now, std::size_t limit, Loop& from,
                    journal::Done<std::vector<LiveUsage>> done) {
    view_.ask(from, std::move(done),
              [now, limit](MeteringStore& store) { return store.live(now, limit); });
}

void Metering::usage(UsageQuery query, Loop& from, journal::Done<std::vector<UsageRow>> done) {
    view_.ask(from, std::move(done),
              [query = std::move(query)](MeteringStore& store) { return store.usage(query); });
}

}  // namespace lifeline::metering
