#include "search/search_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "transcript/fold.h"

namespace lifeline::search {

namespace {

// Raised when the tables or what is folded into them change: an older view is thrown away.
constexpr std::int64_t view_version = 4;

// A question goes over many pages once: they are read where the system has them, instead of being
// copied into a cache that is too small for them.
constexpr std::uint64_t mapped_bytes = 2ULL << 30U;

constexpr const char* tables = R"(
create table parts(
    id integer primary key, account text not null, month text not null, unique(account, month));
create table streams(
    id integer primary key, name text not null unique, part integer not null);
create table members(
    user text not null, part integer not null, stream integer not null,
    primary key(user, part, stream)) without rowid;
create table documents(
    stream integer primary key, owner text not null, account text not null, title text not null,
    content text not null);
create index documents_by_owner on documents(owner);
-- Of a document with a call also the parts of both: who asks would otherwise look for the documents
-- of each of their calls.
create table shares(
    document integer not null, whom text not null, with_call integer not null,
    of_document integer not null, of_call integer not null default 0,
    primary key(whom, with_call, document)) without rowid;
create index shares_by_document on shares(document, with_call);
create index shares_by_part on shares(of_call, of_document);
)";

}  // namespace

Result<SearchStore> SearchStore::open(const std::string& path, const journal::ViewSource& source) {
    auto view = journal::ViewFile::open(path, {tables, view_version}, source);
    if (!view) return fail(view.error());
    const auto mapped = view->database().run(fmt::format("pragma mmap_size={}", mapped_bytes));
    if (!mapped) return fail(mapped.error());
    return SearchStore(std::move(*view));
}

Status SearchStore::apply(const std::vector<Change>& changes, std::uint64_t cursor) {
    desk_->facts.drop();
    desk_->remembered.drop();
    return view_.move(cursor, [&](sql::Database& database) -> Status {
        Documents documents(database, *desk_);
        for (const auto& change : changes) {
            const auto taken = std::visit(
                [&](const auto& what) -> Status {
                    if constexpr (requires {
                                      take(change.stream, what, change.position, documents);
                                  })
                        return take(change.stream, what, change.position, documents);
                    else if constexpr (requires { take(change.stream, what, documents); })
                        return take(change.stream, what, documents);
                    else if constexpr (requires { take(change.stream, what, change.position); })
                        return take(change.stream, what, change.position);
                    else
                        return take(change.stream, what);
                },
                change.what);
            if (!taken) return taken;
        }
        if (const auto done = documents.finish(); !done) return done;
        if (const auto done = write_utterances(); !done) return done;
        return desk_->facts.finish(database, desk_->statements);
    });
}

Status SearchStore::take(const std::string& stream, const CallMade& made, std::uint64_t position) {
    const auto begun = begin(stream, made.account_id, made.at, position);
    if (!begun) return fail(begun.error());
    return {};
}

Status SearchStore::take(const std::string& stream, const Member& member) {
    const auto place = place_of(stream);
    if (!place) return fail(place.error());
    if (!*place) return {};
    auto change = view_.database().prepare(
        member.is_in ? "insert or ignore into members values(?,?,?)"
                     : "delete from members where user=? and part=? and stream=?");
    if (!change) return fail(change.error());
    return change->bind_text(1, member.user_id)
        .bind(2, (*place)->part)
        .bind(3, (*place)->stream)
        .run();
}

Status SearchStore::take(const std::string& stream, const Spoken& spoken, std::uint64_t position) {
    const auto place = place_of(stream);
    if (!place) return fail(place.error());
    const auto id = spoken.event.find_text("utteranceId").value_or("");
    if (!*place || id.empty()) return {};
    auto [known, unread] =
        desk_->remembered.utterances.try_emplace(fmt::format("{} {}", stream, id));
    Heard& heard = known->second;
    if (unread) {
        auto loaded =
            Part(view_.database(), *desk_, (*place)->part).load((*place)->stream, "utterance", id);
        if (!loaded) return fail(loaded.error());
        heard = {.place = **place, .key = std::string(id), .before = *loaded, .now = *loaded};
    }
    Passage& passage = heard.now;
    if (passage.id == 0) {
        heard.begin = {position, spoken.at, spoken.seq};
        passage.id = static_cast<std::int64_t>(position);
        passage.said.participant_id = spoken.actor_id;
    }
    transcript::apply(spoken.event, passage.said);
    // Only what stands is kept and found: the next partial is another text.
    if (!passage.said.has_final_text()) passage.said.text.clear();
    return {};
}

// In the order of their numbers: an index that is given a smaller one than the last writes out all
// it has collected first.
Status SearchStore::write_utterances() {
    std::vector<const Heard*> all;
    for (const auto& [name, heard] : desk_->remembered.utterances) all.push_back(&heard);
    std::ranges::sort(all, {},
                      [](const Heard* one) { return std::pair(one->place.part, one->now.id); });
    for (const Heard* one : all)
        if (const auto done = Part(view_.database(), *desk_, one->place.part).write(*one); !done)
            return done;
    return {};
}

Status SearchStore::take(const std::string& stream, const Asked& asked, std::uint64_t position) {
    const auto place = place_of(stream);
    if (!place) return fail(place.error());
    if (!*place) return {};
    Part part(view_.database(), *desk_, (*place)->part);
    auto passage = part.load((*place)->stream, "action", asked.action_id);
    if (!passage) return fail(passage.error());
    if (passage->id != 0) return {};
    const auto made =
        part.add({position, asked.at, asked.seq}, (*place)->stream, "action", asked.action_id);
    if (!made) return fail(made.error());
    passage->id = *made;
    passage->said.progress = transcript::Progress::final;
    passage->said.text = asked.summary;
    passage->said.speaker = "agent";
    passage->said.participant_id = asked.actor_id;
    if (const auto done = part.keep(*passage); !done) return done;
    return part.index(passage->id, asked.summary);
}

Status SearchStore::take(const std::string& stream, const DocumentMade& made,
                         std::uint64_t position, Documents& documents) {
    const auto place = begin(stream, made.account_id, made.at, position);
    if (!place) return fail(place.error());
    return documents.take(stream, *place, made);
}

Status SearchStore::take(const std::string& stream, const DocumentEdited& edited,
                         Documents& documents) {
    const auto place = place_of(stream);
    if (!place) return fail(place.error());
    if (!*place) return {};
    return documents.take(stream, **place, edited);
}

Status SearchStore::take(const std::string& stream, const DocumentShared& shared) {
    const auto place = place_of(stream);
    if (!place) return fail(place.error());
    if (!*place) return {};
    auto change = view_.database().prepare(
        shared.ended ? "delete from shares where document=?1 and whom=?2 and with_call=?3"
                     : "insert or ignore into shares values(?1,?2,?3,?4,"
                       "coalesce((select part from streams where ?3=1 and name=?2), 0))");
    if (!change) return fail(change.error());
    change->bind(1, (*place)->stream)
        .bind_text(2, shared.with)
        .bind(3, std::int64_t{shared.with_call});
    if (!shared.ended) change->bind(4, (*place)->part);
    return change->run();
}

Status SearchStore::note_part_of_call(const std::string& stream, std::int64_t part) {
    auto change = view_.database().prepare(
        "update shares set of_call=? where whom=? and with_call=1 and of_call<>?1");
    if (!change) return fail(change.error());
    return change->bind(1, part).bind_text(2, stream).run();
}

// Its passages leave the index before their texts are gone; then the index is built anew, since
// what is deleted from it stays in its pages until it is.
Status SearchStore::forget(const std::string& stream) {
    auto& database = view_.database();
    desk_->facts.drop();
    desk_->remembered.drop();
    auto transaction = sql::Transaction::begin(database, sql::Transaction::Kind::write);
    if (!transaction) return fail(transaction.error());
    const auto place = place_of(stream);
    if (!place) return fail(place.error());
    if (!*place) return {};
    const auto [number, part] = **place;
    for (const char* text :
         {"delete from members where stream=?", "delete from shares where document=?",
          "delete from documents where stream=?", "delete from streams where id=?"}) {
        auto remove = database.prepare(text);
        if (!remove) return fail(remove.error());
        if (const auto done = remove->bind(1, number).run(); !done) return done;
    }
    if (const auto done = note_part_of_call(stream, 0); !done) return done;
    if (const auto done = Part(database, *desk_, part).forget_stream(number); !done) return done;
    return transaction->commit();
}

Result<Place> SearchStore::begin(const std::string& stream, std::string_view account_id,
                                 std::string_view at, std::uint64_t position) {
    auto& database = view_.database();
    const auto part = Part::number_of(database, account_id, at.substr(0, 7));
    if (!part) return fail(part.error());
    auto insert = database.prepare("insert into streams values(?,?,?)");
    if (!insert) return fail(insert.error());
    if (const auto done = insert->bind(1, position).bind_text(2, stream).bind(3, *part).run();
        !done)
        return fail(done.error());
    // A document may have been shared with it already, when it is read once more.
    if (const auto done = note_part_of_call(stream, *part); !done) return fail(done.error());
    return Place{static_cast<std::int64_t>(position), *part};
}

Result<std::optional<Place>> SearchStore::place_of(const std::string& stream) {
    auto& places = desk_->remembered.places;
    if (const auto known = places.find(stream); known != places.end()) return known->second;
    auto select =
        desk_->statements.of(view_.database(), "select id, part from streams where name=?", 0);
    if (!select) return fail(select.error());
    const sql::StatementScope scope(**select);
    const auto found = (*select)->bind_text(1, stream).step();
    if (!found) return fail(found.error());
    if (!*found) return std::nullopt;
    return places.emplace(stream, Place{(*select)->integer(0), (*select)->integer(1)})
        .first->second;
}

}  // namespace lifeline::search
