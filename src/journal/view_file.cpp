#include "journal/view_file.h"

#include <filesystem>
#include <utility>

namespace lifeline::journal {

namespace {

constexpr std::uint64_t log_pages_max = 2'048;
// Keys that are like chance touch a page each: as many as a large view works on at once are kept.
constexpr const char* cached = "pragma cache_size=-16384";  // KiB.
constexpr sql::Sync relaxed = sql::Sync::normal;            // The journal has it all.

}  // namespace

Result<ViewFile> ViewFile::open(const std::string& path, const ViewForm& form,
                                const ViewSource& source) {
    {
        auto known = open_existing(path, form, source);
        if (known) return known;
    }
    std::error_code ignored;
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix, ignored);
    return create(path, form, source);
}

Result<ViewFile> ViewFile::open_existing(const std::string& path, const ViewForm& form,
                                         const ViewSource& source) {
    auto database = sql::Database::open(path, {.access = sql::Access::write, .sync = relaxed});
    if (!database) return fail(database.error());
    const auto version = database->number("select value from meta where key='version'");
    if (!version) return fail(version.error());
    if (const auto done = database->run(cached); !done) return fail(done.error());
    ViewFile view(std::move(*database));
    const auto cursor = view.cursor();
    if (!cursor) return fail(cursor.error());
    auto epoch = view.database_.prepare("select value from meta where key='epoch'");
    if (!epoch) return fail(epoch.error());
    const auto known = epoch->step();
    if (!known) return fail(known.error());
    if (*version != form.version || !*known || epoch->text(0) != source.epoch ||
        *cursor > source.head)
        return fail(Code::internal, "internal", "a view of something else");
    epoch->reset();
    return view;
}

Result<ViewFile> ViewFile::look(const std::string& path, const ViewForm& form) {
    auto database = sql::Database::open(path, {.access = sql::Access::read});
    if (!database) return fail(database.error());
    const auto version = database->number("select value from meta where key='version'");
    if (!version) return fail(version.error());
    if (*version != form.version)
        return fail(Code::unavailable, "not_ready", path + " is a view of another version");
    return ViewFile(std::move(*database));
}

Result<ViewFile> ViewFile::create(const std::string& path, const ViewForm& form,
                                  const ViewSource& source) {
    auto database = sql::Database::open(path, {.access = sql::Access::create, .sync = relaxed});
    if (!database) return fail(database.error());
    for (const std::string_view made :
         {std::string_view(cached),
          std::string_view("create table meta(key text primary key, value not null) without rowid"),
          form.tables})
        if (const auto done = database->run(std::string(made)); !done) return fail(done.error());
    auto set =
        database->prepare("insert into meta values('version', ?1), ('cursor', 0), ('epoch', ?2)");
    if (!set) return fail(set.error());
    if (const auto done = set->bind(1, form.version).bind_text(2, source.epoch).run(); !done)
        return fail(done.error());
    return ViewFile(std::move(*database));
}

Result<std::uint64_t> ViewFile::cursor() {
    const auto value = database_.number("select value from meta where key='cursor'");
    if (!value) return fail(value.error());
    return static_cast<std::uint64_t>(*value);
}

Status ViewFile::move(std::uint64_t cursor, const std::function<Status(sql::Database&)>& change) {
    auto transaction = sql::Transaction::begin(database_, sql::Transaction::Kind::write);
    if (!transaction) return fail(transaction.error());
    if (const auto changed = change(database_); !changed) return changed;
    auto moved = database_.prepare("update meta set value=? where key='cursor'");
    if (!moved) return fail(moved.error());
    if (const auto done = moved->bind(1, cursor).run(); !done) return done;
    if (const auto done = transaction->commit(); !done) return done;
    if (database_.log_pages() <= log_pages_max) return {};
    auto moved_on = database_.checkpoint(sql::Checkpoint::passive);
    // The cursor has moved: whoever heard of a failure would fold the same events once more. What
    // could not be moved (a full disk) stays in the log and is tried again.
    if (!moved_on && moved_on.error().code == Code::corrupt) return moved_on;
    return {};
}

Status ViewFile::settle(Settle how) {
    if (how == Settle::file)
        if (const auto written = database_.run("vacuum"); !written) return written;
    return database_.checkpoint(sql::Checkpoint::truncate);
}

}  // namespace lifeline::journal
