#include "search/search_store.h"

#include <fmt/format.h>

#include <utility>

#include "transcript/fold.h"

namespace lifeline::search {

namespace {

// Raised when the tables or what is folded into them change: an older view is thrown away.
constexpr std::int64_t view_version = 1;

constexpr const char* tables = R"(
create table parts(
    id integer primary key, account text not null, month text not null, unique(account, month));
create table calls(
    id integer primary key, session text not null unique, part integer not null);
create table members(
    user text not null, call integer not null, primary key(user, call)) without rowid;
)";

// A letter and its marks are one letter, whatever language it is from.
constexpr const char* part_tables = R"(
create table passages_{0}(
    id integer primary key, call integer not null, kind text not null, key text not null,
    speaker text not null, participant text not null, at text not null, seq integer not null,
    progress integer not null, text text not null, unique(call, kind, key));
create virtual table words_{0} using fts5(
    text, content='passages_{0}', content_rowid='id', prefix='2 3',
    tokenize="unicode61 remove_diacritics 2");
)";

// One utterance or summary, as its table has it.
struct Passage {
    std::int64_t id = 0;  // 0: it is not there yet.
    transcript::Utterance said;
};

bool is_the_same(const transcript::Utterance& one, const transcript::Utterance& other) {
    return one.progress == other.progress && one.text == other.text &&
           one.speaker == other.speaker && one.participant_id == other.participant_id;
}

class Part {
public:
    Part(sql::Database& database, std::int64_t number) : database_(database), number_(number) {}

    Result<Passage> load(std::int64_t call, std::string_view kind, std::string_view key) {
        auto select = prepare(
            "select id, progress, text, speaker, participant from passages_{0} "
            "where call=? and kind=? and key=?");
        if (!select) return fail(select.error());
        select->bind(1, call).bind_text(2, kind).bind_text(3, key);
        const auto found = select->step();
        if (!found) return fail(found.error());
        Passage passage;
        if (!*found) return passage;
        passage.id = select->integer(0);
        passage.said.progress = static_cast<transcript::Progress>(select->integer(1));
        passage.said.text = select->text(2);
        passage.said.speaker = select->text(3);
        passage.said.participant_id = select->text(4);
        return passage;
    }
    Result<std::int64_t> add(std::int64_t call, std::string_view kind, std::string_view key,
                             std::string_view at, std::uint64_t seq) {
        auto insert = prepare("insert into passages_{0} values(null,?,?,?,'','',?,?,0,'')");
        if (!insert) return fail(insert.error());
        insert->bind(1, call).bind_text(2, kind).bind_text(3, key).bind_text(4, at).bind(5, seq);
        if (const auto done = insert->run(); !done) return fail(done.error());
        return database_.number("select last_insert_rowid()");
    }
    Status keep(const Passage& passage) {
        auto update = prepare(
            "update passages_{0} set progress=?, text=?, speaker=?, participant=? where id=?");
        if (!update) return fail(update.error());
        const auto& said = passage.said;
        return update->bind(1, static_cast<std::int64_t>(said.progress))
            .bind_text(2, said.text)
            .bind_text(3, said.speaker)
            .bind_text(4, said.participant_id)
            .bind(5, passage.id)
            .run();
    }
    Status index(std::int64_t id, std::string_view text) {
        auto insert = prepare("insert into words_{0}(rowid, text) values(?,?)");
        if (!insert) return fail(insert.error());
        return insert->bind(1, id).bind_text(2, text).run();
    }
    // With the very text that was indexed.
    Status forget(std::int64_t id, std::string_view text) {
        auto remove = prepare("insert into words_{0}(words_{0}, rowid, text) values('delete',?,?)");
        if (!remove) return fail(remove.error());
        return remove->bind(1, id).bind_text(2, text).run();
    }

private:
    Result<sql::Statement> prepare(const char* text) {
        return database_.prepare(fmt::format(fmt::runtime(text), number_));
    }

    sql::Database& database_;
    std::int64_t number_;
};

}  // namespace

Result<SearchStore> SearchStore::open(const std::string& path, const journal::ViewSource& source) {
    auto view = journal::ViewFile::open(path, {tables, view_version}, source);
    if (!view) return fail(view.error());
    return SearchStore(std::move(*view));
}

Status SearchStore::apply(const std::vector<Change>& changes, std::uint64_t cursor) {
    return view_.move(cursor, [&](sql::Database&) -> Status {
        for (const auto& change : changes) {
            const auto taken = std::visit(
                [&](const auto& what) { return take(change.session_id, what); }, change.what);
            if (!taken) return taken;
        }
        return {};
    });
}

Status SearchStore::take(const std::string& session_id, const CallMade& made) {
    const auto part = part_of(made.account_id, std::string_view(made.at).substr(0, 7));
    if (!part) return fail(part.error());
    auto insert = view_.database().prepare("insert into calls values(null,?,?)");
    if (!insert) return fail(insert.error());
    return insert->bind_text(1, session_id).bind(2, *part).run();
}

Status SearchStore::take(const std::string& session_id, const Member& member) {
    const auto place = place_of(session_id);
    if (!place) return fail(place.error());
    auto change =
        view_.database().prepare(member.is_in ? "insert or ignore into members values(?,?)"
                                              : "delete from members where user=? and call=?");
    if (!change) return fail(change.error());
    return change->bind_text(1, member.user_id).bind(2, place->call).run();
}

Status SearchStore::take(const std::string& session_id, const Spoken& spoken) {
    const auto place = place_of(session_id);
    if (!place) return fail(place.error());
    Part part(view_.database(), place->part);
    const auto id = spoken.event.find_text("utteranceId").value_or("");
    if (id.empty()) return {};
    auto passage = part.load(place->call, "utterance", id);
    if (!passage) return fail(passage.error());
    if (passage->id == 0) {
        const auto made = part.add(place->call, "utterance", id, spoken.at, spoken.seq);
        if (!made) return fail(made.error());
        passage->id = *made;
        passage->said.participant_id = spoken.actor_id;
    }
    const transcript::Utterance before = passage->said;
    transcript::apply(spoken.event, passage->said);
    // Only what stands is kept and found: the next partial is another text.
    if (!passage->said.has_final_text()) passage->said.text.clear();
    if (is_the_same(passage->said, before)) return {};
    if (before.has_final_text())
        if (const auto done = part.forget(passage->id, before.text); !done) return done;
    if (const auto done = part.keep(*passage); !done) return done;
    if (!passage->said.has_final_text()) return {};
    return part.index(passage->id, passage->said.text);
}

Status SearchStore::take(const std::string& session_id, const Asked& asked) {
    const auto place = place_of(session_id);
    if (!place) return fail(place.error());
    Part part(view_.database(), place->part);
    auto passage = part.load(place->call, "action", asked.action_id);
    if (!passage) return fail(passage.error());
    if (passage->id != 0) return {};
    const auto made = part.add(place->call, "action", asked.action_id, asked.at, asked.seq);
    if (!made) return fail(made.error());
    passage->id = *made;
    passage->said.progress = transcript::Progress::final;
    passage->said.text = asked.summary;
    passage->said.speaker = "agent";
    passage->said.participant_id = asked.actor_id;
    if (const auto done = part.keep(*passage); !done) return done;
    return part.index(passage->id, asked.summary);
}

Result<SearchStore::Place> SearchStore::place_of(const std::string& session_id) {
    auto select = view_.database().prepare("select id, part from calls where session=?");
    if (!select) return fail(select.error());
    select->bind_text(1, session_id);
    const auto found = select->step();
    if (!found) return fail(found.error());
    if (!*found) return fail(Code::internal, "internal", "a call that was not created");
    return Place{select->integer(0), select->integer(1)};
}

Result<std::int64_t> SearchStore::part_of(const std::string& account_id, std::string_view month) {
    auto& database = view_.database();
    auto insert = database.prepare("insert or ignore into parts values(null,?,?)");
    if (!insert) return fail(insert.error());
    if (const auto done = insert->bind_text(1, account_id).bind_text(2, month).run(); !done)
        return fail(done.error());
    auto select = database.prepare("select id from parts where account=? and month=?");
    if (!select) return fail(select.error());
    select->bind_text(1, account_id).bind_text(2, month);
    const auto found = select->step();
    if (!found) return fail(found.error());
    const std::int64_t part = select->integer(0);
    const auto there = database.number(
        fmt::format("select count(*) from sqlite_master where name='passages_{}'", part));
    if (!there) return fail(there.error());
    if (*there == 0)
        if (const auto made = database.run(fmt::format(fmt::runtime(part_tables), part)); !made)
            return fail(made.error());
    return part;
}

}  // namespace lifeline::search
