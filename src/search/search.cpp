#include "search/search.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <unordered_map>
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

// Of partials only that they are there, and who speaks: of one utterance, one in a chunk says it,
// and those behind it are not even parsed.
class PartialsHeard {
public:
    // Whether it says what one before it did, of the same utterance; nothing else came in between.
    bool again(const std::string& stream, std::string_view bytes) {
        const auto partial = partial_in(bytes);
        if (!partial) {
            heard_.erase(stream);
            return false;
        }
        std::string& last = heard_[stream][partial->utterance];
        return std::exchange(last, partial->who) == partial->who;
    }

private:
    // Texts as they are written: none can hold a name between plain quotes, but another object may.
    struct Named {
        std::string_view text;
        std::size_t count = 0;
    };
    static Named named(std::string_view bytes, std::string_view name) {
        Named found;
        for (auto at = bytes.find(name); at != std::string_view::npos; at = bytes.find(name)) {
            bytes.remove_prefix(at + name.size());
            found.text = bytes.substr(0, bytes.find('"'));
            ++found.count;
        }
        return found;
    }
    // Nothing where it is no partial, or cannot be told so easily.
    struct Partial {
        std::string utterance;
        std::string who;
    };
    static std::optional<Partial> partial_in(std::string_view bytes) {
        const Named type = named(bytes, R"("type":")");
        if (type.count != 1 || type.text != "transcript.partial") return std::nullopt;
        const Named utterance = named(bytes, R"("utteranceId":")");
        const Named speaker = named(bytes, R"("speaker":")");
        const Named whose = named(bytes, R"("participantId":")");
        if (utterance.count != 1 || speaker.count != 1 || whose.count > 1) return std::nullopt;
        return Partial{std::string(utterance.text), fmt::format("{} {}", speaker.text, whose.text)};
    }

    // Who spoke last, by stream and utterance.
    std::unordered_map<std::string, std::map<std::string, std::string>> heard_;
};

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

Search::View::Change Search::read(const std::vector<journal::JournalEvent>& events) {
    std::vector<Change> changes;
    PartialsHeard heard;
    for (const auto& [stream, stored] : events) {
        if (stored.erased || !may_concern(stored.bytes)) continue;
        if (!stream.starts_with("sess_") && !stream.starts_with("doc_")) continue;
        if (heard.again(stream, stored.bytes)) continue;
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
    ask(from, std::move(done),
        [query = std::move(query)](SearchStore& store) { return store.find(query); });
}

}  // namespace lifeline::search
