#include "search/search.h"

#include <optional>
#include <utility>

#include "contract/json.h"
#include "transcript/fold.h"

namespace lifeline::search {

namespace {

using contract::Event;
using contract::EventType;
namespace field = contract::field;

// Tells most events in which there is nothing to find without parsing them.
bool may_concern(std::string_view bytes) {
    for (const std::string_view type :
         {"\"type\":\"transcript.", "\"type\":\"call.created\"", "\"type\":\"call.participant.",
          "\"type\":\"orchestration.action.requested\"", "\"type\":\"document."})
        if (bytes.find(type) != std::string_view::npos) return true;
    return false;
}

std::optional<decltype(Change::what)> shared(std::string_view with_json, bool ended) {
    const auto with = contract::Json::parse(with_json);
    if (!with) return std::nullopt;
    const auto call = with->text("sessionId");
    return DocumentShared{std::string(call ? *call : with->text("userId").value_or("")),
                          call.has_value(), ended};
}

std::optional<decltype(Change::what)> what_of(Event event, const journal::StoredEvent& stored) {
    const std::string at = format_rfc3339(stored.recorded_at);
    switch (event.type()) {
        case EventType::call_created: {
            namespace f = field::call_created;
            return CallMade{std::string(event.text(f::account_id)), at};
        }
        case EventType::call_participant_added:
            return Member{std::string(event.text(field::call_participant_added::participant_id)),
                          true};
        case EventType::call_participant_left:
            return Member{std::string(event.text(field::call_participant_left::participant_id)),
                          false};
        case EventType::orchestration_action_requested: {
            namespace f = field::orchestration_action_requested;
            return Asked{std::string(event.text(f::action_id)), std::string(event.text(f::summary)),
                         stored.actor.id, at, stored.seq};
        }
        case EventType::document_created: {
            namespace f = field::document_created;
            return DocumentMade{std::string(event.text(f::account_id)),
                                std::string(event.text(f::owner_id)),
                                std::string(event.text(f::title)),
                                event.has(f::initial) ? std::string(event.raw(f::initial)) : "",
                                at,
                                stored.seq};
        }
        case EventType::document_edited:
            return DocumentEdited{std::string(event.raw(field::document_edited::patch)), at,
                                  stored.seq};
        case EventType::document_shared:
            return shared(event.raw(field::document_shared::with), false);
        case EventType::document_unshared:
            return shared(event.raw(field::document_unshared::with), true);
        default:
            if (!transcript::says_something(event.type())) return std::nullopt;
            return Spoken{std::move(event), stored.actor.id, at, stored.seq};
    }
}

}  // namespace

Search::Search(Loop& home, Worker& worker, journal::Journal& journal)
    : view_(home, worker, journal,
            [this](const std::vector<journal::JournalEvent>& events) { return read(events); }) {}

Search::View::Change Search::read(const std::vector<journal::JournalEvent>& events) {
    std::vector<Change> changes;
    for (const auto& [stream, stored] : events) {
        if (stored.erased || !may_concern(stored.bytes)) continue;
        if (!stream.starts_with("sess_") && !stream.starts_with("doc_")) continue;
        auto event = checker_.read_stored(stored.bytes);
        if (!event) continue;
        if (auto what = what_of(*std::move(event), stored))
            changes.push_back({stream, stored.position, *std::move(what)});
    }
    return [changes = std::move(changes)](SearchStore& store, std::uint64_t cursor) {
        return View::nothing_after(store.apply(changes, cursor));
    };
}

void Search::find(Query query, Loop& from, journal::Done<std::vector<Found>> done) {
    view_.ask(from, std::move(done),
              [query = std::move(query)](SearchStore& store) { return store.find(query); });
}

}  // namespace lifeline::search
