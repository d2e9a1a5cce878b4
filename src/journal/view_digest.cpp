#include "journal/view_digest.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/text.h"
#include "sql/database.h"

namespace lifeline::journal {

namespace {

struct Table {
    std::string name;
    bool is_virtual = false;
};

Result<std::vector<Table>> tables_of(sql::Database& database) {
    auto select = database.prepare(
        "select name, sql like 'create virtual%' from sqlite_master "
        "where type='table' and name not like 'sqlite\\_%' escape '\\' order by name");
    if (!select) return fail(select.error());
    std::vector<Table> tables;
    for (;;) {
        const auto more = select->step();
        if (!more) return fail(more.error());
        if (!*more) break;
        tables.push_back({std::string(select->text(0)), select->integer(1) != 0});
    }
    // The tables that a virtual one keeps its own things in.
    const std::vector<Table> all = tables;
    std::erase_if(tables, [&](const Table& one) {
        return std::ranges::any_of(all, [&](const Table& owner) {
            return owner.is_virtual && one.name.starts_with(owner.name + "_");
        });
    });
    return tables;
}

// Every row as one text.
Result<std::string> rows_of(sql::Database& database, const Table& table) {
    auto columns =
        database.prepare(fmt::format("select name from pragma_table_info('{}')", table.name));
    if (!columns) return fail(columns.error());
    std::string all = table.is_virtual ? "quote(rowid)" : "''";
    for (;;) {
        const auto more = columns->step();
        if (!more) return fail(more.error());
        if (!*more) break;
        all += fmt::format("||','||quote(\"{}\")", columns->text(0));
    }
    return fmt::format("select {} from \"{}\" order by 1", all, table.name);
}

}  // namespace

Result<std::string> view_digest(const std::string& path) {
    auto database = sql::Database::open(path, {.access = sql::Access::read});
    if (!database) return fail(database.error());
    const auto tables = tables_of(*database);
    if (!tables) return fail(tables.error());
    Sha256 digest;
    for (const Table& table : *tables) {
        digest.add(table.name).add("\n");
        const auto query = rows_of(*database, table);
        if (!query) return fail(query.error());
        auto rows = database->prepare(*query);
        if (!rows) return fail(rows.error());
        for (;;) {
            const auto more = rows->step();
            if (!more) return fail(more.error());
            if (!*more) break;
            digest.add(rows->text(0)).add("\n");
        }
    }
    return to_hex(digest.finish());
}

}  // namespace lifeline::journal
