#include "journal/refold.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "contract/event.h"
#include "contract/json.h"
#include "contract/json_writer.h"

namespace lifeline::journal {

namespace {

constexpr std::string_view type_erased = "\"type\":\"record.erased\"";

bool is_a(const StoredEvent& event, std::string_view type) {
    return event.bytes.find("\"type\":\"" + std::string(type) + "\"") != std::string::npos;
}

// As the call's own events are written, in the place of one of them or after all.
JournalEvent restored(const std::string& stream, const StoredEvent& place, std::string_view ts,
                      std::string_view type, std::string payload_json) {
    JournalEvent made{stream, place};
    made.event.erased = false;
    made.event.bytes = contract::event_json(place.event_id, stream, ts, type, payload_json);
    return made;
}

std::string created_payload(const std::string& stream, const contract::Json& kept) {
    contract::JsonWriter json;
    json.object().key("callId").value(stream);
    for (const std::string_view name : {"ownerId", "accountId", "channel"})
        json.key(name).value(kept.text(name).value_or(""));
    json.end();
    return json.take();
}

std::string over_payload(const std::string& stream, const contract::Json& kept, bool failed) {
    contract::JsonWriter json;
    json.object().key("callId").value(stream);
    json.key(failed ? "failedAt" : "endedAt").value(kept.text("endedAt").value_or(""));
    if (failed)
        json.key("code").value("reported").key("message").value("erased");
    else
        json.key("durationSeconds").value(0).key("endReason").value("completed");
    json.end();
    return json.take();
}

std::string added_payload(const std::string& stream, const contract::Json& participant) {
    contract::JsonWriter json;
    json.object().key("callId").value(stream);
    json.key("participantId").value(participant.text("userId").value_or(""));
    json.key("role").value(participant.text("role").value_or("viewer"));
    json.end();
    return json.take();
}

}  // namespace

std::vector<ErasedIn> erased_in(const std::vector<JournalEvent>& events) {
    std::vector<ErasedIn> found;
    contract::EventChecker checker;
    for (const auto& [stream, stored] : events) {
        if (stored.erased || stored.bytes.find(type_erased) == std::string::npos) continue;
        const auto event = checker.read_stored(stored.bytes);
        if (!event || event->type() != contract::EventType::record_erased) continue;
        namespace f = contract::field::record_erased;
        auto known = std::ranges::find(found, stream, &ErasedIn::stream);
        if (known == found.end()) known = found.insert(found.end(), {stream, {}, false});
        if (event->has(f::kept)) known->kept_json = event->raw(f::kept);
        known->gone |= stream.starts_with("doc_") && !event->has(f::participant_id);
    }
    return found;
}

std::vector<JournalEvent> with_kept_frame(const ErasedIn& erased,
                                          std::vector<JournalEvent> events) {
    if (erased.kept_json.empty() || events.empty()) return events;
    const auto kept = contract::Json::parse(erased.kept_json);
    if (!kept) return events;
    const std::string_view created_at = kept->text("createdAt").value_or("");
    const std::string_view outcome = kept->text("outcome").value_or("");
    const StoredEvent last = events.back().event;
    std::vector<JournalEvent> out;
    for (JournalEvent& one : events) {
        if (one.event.seq == 1) {
            out.push_back(restored(erased.stream, one.event, created_at, "call.created",
                                   created_payload(erased.stream, *kept)));
        } else if (!is_a(one.event, "call.participant.added") &&
                   !is_a(one.event, "call.participant.left") && !is_a(one.event, "call.ended") &&
                   !is_a(one.event, "call.terminal_failure")) {
            out.push_back(std::move(one));
        }
    }
    if (const auto participants = kept->find("participants"))
        for (const auto& one : participants->items())
            out.push_back(restored(erased.stream, last, created_at, "call.participant.added",
                                   added_payload(erased.stream, one)));
    if (!outcome.empty()) {
        const bool failed = outcome == "failed";
        out.push_back(restored(erased.stream, last, kept->text("endedAt").value_or(""),
                               failed ? "call.terminal_failure" : "call.ended",
                               over_payload(erased.stream, *kept, failed)));
    }
    return out;
}

}  // namespace lifeline::journal
