#include "search/part.h"

#include <fmt/format.h>

#include <cstring>

#include "base/digest.h"

namespace lifeline::search {

namespace {

// A letter and its marks are one letter, whatever language it is from.
constexpr const char* tables = R"(
create table passages_{0}(
    id integer primary key, stream integer not null, kind text not null, key text not null,
    speaker text not null, participant text not null, at text not null, seq integer not null,
    progress integer not null, text text not null, unique(stream, kind, key));
create table facts_{0}(block integer primary key, facts blob not null);
create virtual table words_{0} using fts5(
    text, content='passages_{0}', content_rowid='id', prefix='2 3',
    tokenize="unicode61 remove_diacritics 2");
)";

// The same whenever the part is made, and whatever else was made before it.
std::int64_t number_from(std::string_view account_id, std::string_view month) {
    const Digest digest = sha256(fmt::format("{} {}", account_id, month));
    std::uint64_t number = 0;
    std::memcpy(&number, digest.data(), sizeof number);
    return static_cast<std::int64_t>(number >> 2U);
}

bool is_the_same(const transcript::Utterance& one, const transcript::Utterance& other) {
    return one.progress == other.progress && one.text == other.text &&
           one.speaker == other.speaker && one.participant_id == other.participant_id;
}

}  // namespace

Result<std::int64_t> Part::number_of(sql::Database& database, std::string_view account_id,
                                     std::string_view month) {
    auto insert = database.prepare("insert or ignore into parts values(?,?,?)");
    if (!insert) return fail(insert.error());
    if (const auto done = insert->bind(1, number_from(account_id, month))
                              .bind_text(2, account_id)
                              .bind_text(3, month)
                              .run();
        !done)
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
    const sql::StatementScope scope(**select);
    sql::Statement& row = **select;
    const auto found = row.bind(1, stream).bind_text(2, kind).bind_text(3, key).step();
    if (!found) return fail(found.error());
    Passage passage;
    if (!*found) return passage;
    passage.id = row.integer(0);
    passage.said.progress = static_cast<transcript::Progress>(row.integer(1));
    passage.said.text = row.text(2);
    passage.said.speaker = row.text(3);
    passage.said.participant_id = row.text(4);
    return passage;
}

Result<std::int64_t> Part::add(const Begin& begin, std::int64_t stream, std::string_view kind,
                               std::string_view key) {
    Heard heard{.place = {stream, number_}, .key = std::string(key), .begin = begin};
    if (const auto done = insert(heard, kind); !done) return fail(done.error());
    return static_cast<std::int64_t>(begin.position);
}

Status Part::insert(const Heard& heard, std::string_view kind) {
    auto insert = prepare("insert into passages_{0} values(?,?,?,?,?,?,?,?,?,?)");
    if (!insert) return fail(insert.error());
    const auto& said = heard.now.said;
    return (*insert)
        ->bind(1, heard.begin.position)
        .bind(2, heard.place.stream)
        .bind_text(3, kind)
        .bind_text(4, heard.key)
        .bind_text(5, said.speaker)
        .bind_text(6, said.participant_id)
        .bind_text(7, heard.begin.at)
        .bind(8, heard.begin.seq)
        .bind(9, static_cast<std::int64_t>(said.progress))
        .bind_text(10, said.text)
        .run();
}

Status Part::write(const Heard& heard) {
    const auto& [id, said] = heard.now;
    const auto& before = heard.before.said;
    if (heard.before.id == 0) {
        if (const auto done = insert(heard, "utterance"); !done) return done;
    } else {
        if (is_the_same(said, before)) return {};
        if (before.has_final_text())
            if (const auto done = forget(id, before.text); !done) return done;
        if (const auto done = keep(heard.now); !done) return done;
    }
    return said.has_final_text() ? index(id, said.text) : Status();
}

Status Part::keep(const Passage& passage) {
    auto update =
        prepare("update passages_{0} set progress=?, text=?, speaker=?, participant=? where id=?");
    if (!update) return fail(update.error());
    const auto& said = passage.said;
    return (*update)
        ->bind(1, static_cast<std::int64_t>(said.progress))
        .bind_text(2, said.text)
        .bind_text(3, said.speaker)
        .bind_text(4, said.participant_id)
        .bind(5, passage.id)
        .run();
}

Status Part::move(std::int64_t id, std::string_view at, std::uint64_t seq) {
    auto update = prepare("update passages_{0} set at=?, seq=? where id=?");
    if (!update) return fail(update.error());
    return (*update)->bind_text(1, at).bind(2, seq).bind(3, id).run();
}

Status Part::index(std::int64_t id, std::string_view text) {
    auto insert = prepare("insert into words_{0}(rowid, text) values(?,?)");
    if (!insert) return fail(insert.error());
    desk_.facts.touch(number_, id);
    return (*insert)->bind(1, id).bind_text(2, text).run();
}

Status Part::forget(std::int64_t id, std::string_view text) {
    auto remove = prepare("insert into words_{0}(words_{0}, rowid, text) values('delete',?,?)");
    if (!remove) return fail(remove.error());
    desk_.facts.touch(number_, id);
    return (*remove)->bind(1, id).bind_text(2, text).run();
}

Status Part::touch_stream(std::int64_t stream) {
    auto select = prepare("select id from passages_{0} where stream=?");
    if (!select) return fail(select.error());
    const sql::StatementScope scope(**select);
    (*select)->bind(1, stream);
    for (;;) {
        const auto more = (*select)->step();
        if (!more) return fail(more.error());
        if (!*more) return {};
        desk_.facts.touch(number_, (*select)->integer(0));
    }
}

Status Part::forget_stream(std::int64_t stream) {
    auto others = database_.prepare("select count(*) from streams where part=?");
    if (!others) return fail(others.error());
    const auto counted = others->bind(1, number_).step();
    if (!counted) return fail(counted.error());
    const bool last = others->integer(0) == 0;
    others->reset();
    if (last) {
        desk_.statements.forget(number_);
        desk_.unsettled.erase(number_);
        return database_.run(
            fmt::format("drop table words_{0}; drop table passages_{0}; drop table facts_{0}; "
                        "delete from parts where id={0};",
                        number_));
    }
    // With the very texts that were indexed.
    auto indexed = prepare(
        "insert into words_{0}(words_{0}, rowid, text) select 'delete', id, text from passages_{0} "
        "where stream=? and progress in (2,3) and (kind<>'document' or text<>'')");
    if (!indexed) return fail(indexed.error());
    if (const auto done = (*indexed)->bind(1, stream).run(); !done) return done;
    if (const auto done = touch_stream(stream); !done) return done;
    auto remove = prepare("delete from passages_{0} where stream=?");
    if (!remove) return fail(remove.error());
    if (const auto done = (*remove)->bind(1, stream).run(); !done) return done;
    if (const auto done = desk_.facts.finish(database_, desk_.statements); !done) return done;
    desk_.unsettled.insert(number_);
    return {};
}

Status Part::settle() {
    return database_.run(
        fmt::format("insert into words_{0}(words_{0}) values('optimize')", number_));
}

}  // namespace lifeline::search
