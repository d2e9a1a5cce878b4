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

Library::Library(Loop& home, Worker& worker, journal::Journal& journal)
    : home_(home),
      worker_(worker),
      journal_(journal),
      follower_(home, journal,
                [this](std::vector<journal::JournalEvent> events, journal::Follower::Taken taken) {
                    take(std::move(events), std::move(taken));
                }) {}

Library::~Library() {
    *alive_ = false;
}

void Library::start(std::string path, journal::Done<void> ready) {
    // The loop outlives the worker's last job; this object may not.
    worker_.submit([this, &home = home_, alive = alive_, path = std::move(path),
                    source = journal::ViewSource{journal_.epoch(), journal_.head_position()},
                    ready = std::move(ready)]() mutable {
        auto opened = LibraryStore::open(path, source);
        Result<std::uint64_t> cursor = std::unexpected(Error{});
        std::shared_ptr<LibraryStore> store;
        if (opened) {
            store = std::make_shared<LibraryStore>(std::move(*opened));
            cursor = store->cursor();
        } else {
            cursor = fail(opened.error());
        }
        home.post([this, alive, store = std::move(store), cursor = std::move(cursor),
                   ready = std::move(ready)]() mutable {
            if (!*alive) return;
            if (!cursor) return ready(fail(cursor.error()));
            store_ = std::move(store);
            follower_.start(*cursor, std::move(ready));
        });
    });
}

void Library::poke() {
    home_.post([this, alive = alive_] {
        if (*alive) follower_.poke();
    });
}

void Library::take(std::vector<journal::JournalEvent> events, journal::Follower::Taken taken) {
    std::vector<LibraryChange> changes;
    const std::uint64_t last = events.back().event.position;
    for (const auto& [stream, stored] : events) {
        if (stored.erased || !stream.starts_with("doc_")) continue;
        const auto event = checker_.read_stored(stored.bytes);
        if (!event) continue;
        if (auto change = change_of(*event, stored)) changes.push_back(std::move(*change));
    }
    worker_.submit([&home = home_, alive = alive_, store = store_, changes = std::move(changes),
                    last, taken = std::move(taken)]() mutable {
        Status status = store->apply(changes, last);
        home.post([alive, status, taken = std::move(taken)]() mutable {
            if (*alive) taken(std::move(status));
        });
    });
}

template <class T, class Ask>
void Library::ask(Loop& from, journal::Done<T> done, Ask question) {
    home_.post([this, &from, done = std::move(done), question = std::move(question)]() mutable {
        worker_.submit([store = store_, &from, done = std::move(done),
                        question = std::move(question)]() mutable {
            Result<T> found =
                store ? question(*store)
                      : Result<T>(fail(Code::unavailable, "not_ready", "the view is not open"));
            from.post([found = std::move(found), done = std::move(done)]() mutable {
                done(std::move(found));
            });
        });
    });
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
