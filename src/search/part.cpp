#include "search/part.h"

#include <fmt/format.h>

namespace lifeline::search {

namespace {

// A letter and its marks are one letter, whatever language it is from.
constexpr const char* tables = R"(
create table passages_{0}(
    id integer primary key, stream integer not null, kind text not null, key text not null,
    speaker text not null, participant text not null, at text not null, seq integer not null,
    progress integer not null, text text not null, unique(stream, kind, key));
create virtual table words_{0} using fts5(
    text, content='passages_{0}', content_rowid='id', prefix='2 3',
    tokenize="unicode61 remove_diacritics 2");
)";

}  // namespace

Result<std::int64_t> Part::number_of(sql::Database& database, std::string_view account_id,
                                     std::string_view month) {
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
        if (const auto made = database.run(fmt::format(fmt::runtime(tables), part)); !made)
            return fail(made.error());
    return part;
}

Result<Passage> Part::load(std::int64_t stream, std::string_view kind, std::string_view key) {
    auto select = prepare(
        "select id, progress, text, speaker, participant from passages_{0} "
        "where stream=? and kind=? and key=?");
    if (!select) return fail(select.error());
    select->bind(1, stream).bind_text(2, kind).bind_text(3, key);
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

Result<std::int64_t> Part::add(std::int64_t stream, std::string_view kind, std::string_view key,
                               std::string_view at, std::uint64_t seq) {
    auto insert = prepare("insert into passages_{0} values(null,?,?,?,'','',?,?,0,'')");
    if (!insert) return fail(insert.error());
    insert->bind(1, stream).bind_text(2, kind).bind_text(3, key).bind_text(4, at).bind(5, seq);
    if (const auto done = insert->run(); !done) return fail(done.error());
    return database_.number("select last_insert_rowid()");
}

Status Part::keep(const Passage& passage) {
    auto update =
        prepare("update passages_{0} set progress=?, text=?, speaker=?, participant=? where id=?");
    if (!update) return fail(update.error());
    const auto& said = passage.said;
    return update->bind(1, static_cast<std::int64_t>(said.progress))
        .bind_text(2, said.text)
        .bind_text(3, said.speaker)
        .bind_text(4, said.participant_id)
        .bind(5, passage.id)
        .run();
}

Status Part::move(std::int64_t id, std::string_view at, std::uint64_t seq) {
    auto update = prepare("update passages_{0} set at=?, seq=? where id=?");
    if (!update) return fail(update.error());
    return update->bind_text(1, at).bind(2, seq).bind(3, id).run();
}

Status Part::index(std::int64_t id, std::string_view text) {
    auto insert = prepare("insert into words_{0}(rowid, text) values(?,?)");
    if (!insert) return fail(insert.error());
    return insert->bind(1, id).bind_text(2, text).run();
}

Status Part::forget(std::int64_t id, std::string_view text) {
    auto remove = prepare("insert into words_{0}(words_{0}, rowid, text) values('delete',?,?)");
    if (!remove) return fail(remove.error());
    return remove->bind(1, id).bind_text(2, text).run();
}

Result<sql::Statement> Part::prepare(const char* text) {
    return database_.prepare(fmt::format(fmt::runtime(text), number_));
}

}  // namespace lifeline::search
