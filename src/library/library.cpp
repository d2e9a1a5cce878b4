#include "library/library.h"

#include <optional>
#include <utility>

#include "contract/json.h"

namespace lifeline::library {

namespace {

using contract::EventType;
namespace field = contract::field;

std::string whom(std::string_view with_json) {
    const auto with = contract::Json::parse(with_json);
    if (!with) return {};
    return std::string(with->text("sessionId").value_or(with->text("userId").value_or("")));
}

// What an event of a document says, if it says anything that is listed.
std::optional<LibraryChange> change_of(const contract::Event& event,
                                       const journal::StoredEvent& stored) {
    LibraryChange change;
    change.row.document_id = event.stream();
    switch (event.type()) {
        case EventType::document_created:
            change.kind = LibraryChange::Kind::created;
            change.row.kind = event.text(field::document_created::kind);
            change.row.title = event.text(field::document_created::title);
            change.row.owner_id = event.text(field::document_created::owner_id);
            change.row.account_id = event.text(field::document_created::account_id);
            change.row.created_at = event.ts();
            change.row.position = stored.position;
            return change;
        case EventType::document_edited:
            change.kind = LibraryChange::Kind::edited;
            change.row.rev = static_cast<std::uint64_t>(event.integer(field::document_edited::rev));
            return change;
        case EventType::document_shared:
            change.kind = LibraryChange::Kind::shared;
            change.with = whom(event.raw(field::document_shared::with));
            return change;
        case EventType::document_unshared:
            change.kind = LibraryChange::Kind::unshared;
            change.with = whom(event.raw(field::document_unshared::with));
            return change;
        default:
            return std::nullopt;
    }
}

}  // namespace

Library::View::Change Library::read(const std::vector<journal::JournalEvent>& events) {
    std::vector<LibraryChange> changes;
    for (const auto& [stream, stored] : events) {
        if (stored.erased || !stream.starts_with("doc_")) continue;
        const auto event = checker_.read_stored(stored.bytes);
        if (!event) continue;
        if (auto change = change_of(*event, stored)) changes.push_back(std::move(*change));
    }
    return [changes = std::move(changes)](LibraryStore& store, std::uint64_t cursor) {
        return View::nothing_after(store.apply(changes, cursor));
    };
}

void Library::list(LibraryQuery query, Loop& from, journal::Done<std::vector<LibraryRow>> done) {
    ask(from, std::move(done),
        [query = std::move(query)](LibraryStore& store) { return store.list(query); });
}

void Library::shared_with(std::vector<std::string> session_ids, Loop& from,
                          journal::Done<std::vector<std::string>> done) {
    ask(from, std::move(done), [session_ids = std::move(session_ids)](LibraryStore& store) {
        return store.shared_with(session_ids);
    });
}

}  // namespace lifeline::library
