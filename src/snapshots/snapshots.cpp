#include "snapshots/snapshots.h"

#include <algorithm>
#include <optional>

namespace lifeline::snapshots {

namespace {

using contract::EventType;
namespace field = contract::field;

// Tells most events, which mean nothing here, without parsing them.
bool may_concern(std::string_view bytes) {
    for (const std::string_view type :
         {"\"type\":\"transcript.final\"", "\"type\":\"call.ended\"",
          "\"type\":\"call.terminal_failure\"", "\"type\":\"record.erased\"",
          "\"type\":\"transcript.snapshot.created\""})
        if (bytes.find(type) != std::string_view::npos) return true;
    return false;
}

std::optional<Change> change_of(const contract::Event& event, const std::string& stream,
                                std::uint64_t seq) {
    using Kind = Change::Kind;
    switch (event.type()) {
        case EventType::transcript_final:
            return Change{Kind::said, stream, seq};
        case EventType::call_ended:
        case EventType::call_terminal_failure:
            return Change{Kind::over, stream, seq};
        case EventType::record_erased:
            // Without partials that a final has replaced the transcript is what it was.
            if (event.text(field::record_erased::because) == "superseded") return std::nullopt;
            return Change{Kind::erased, stream, seq};
        case EventType::transcript_snapshot_created:
            return Change{Kind::taken, stream,
                          static_cast<std::uint64_t>(
                              event.integer(field::transcript_snapshot_created::up_to_seq))};
        default:
            return std::nullopt;
    }
}

}  // namespace

Snapshots::View::Change Snapshots::read(const std::vector<journal::JournalEvent>& events) {
    std::vector<Change> changes;
    for (const auto& [stream, stored] : events) {
        if (stored.erased || !stream.starts_with("sess_") || !may_concern(stored.bytes)) continue;
        const auto event = checker_.read_stored(stored.bytes);
        if (!event) continue;
        if (auto change = change_of(*event, stream, stored.seq))
            changes.push_back(std::move(*change));
    }
    return [this, changes = std::move(changes)](SnapshotStore& store, std::uint64_t cursor) {
        return tell_after(store.apply(changes, cursor), !changes.empty());
    };
}

void Snapshots::due(Due after, std::size_t limit, Loop& from,
                    journal::Done<std::vector<Due>> done) {
    ask(from, std::move(done), [after = std::move(after), limit](SnapshotStore& store) {
        return store.due(after, limit);
    });
}

}  // namespace lifeline::snapshots
