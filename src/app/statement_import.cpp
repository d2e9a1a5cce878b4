#include <fmt/format.h>

#include <map>
#include <utility>

#include "app/finding_desk.h"
#include "base/fact_id.h"
#include "contract/canonical.h"
#include "contract/json.h"
#include "contract/json_writer.h"
#include "session/sessions.h"

// What somebody else counted, row by row; the next run compares it.
namespace lifeline::app {

namespace {

using contract::Json;
using findings::FindingsStore;

struct Row {
    std::string window;
    std::string item;
    std::string said;  // The payload, without whose word it is.
};

std::string said_of(const std::string& source, const Json& row) {
    contract::JsonWriter json;
    json.object();
    for (const std::string_view key : {"amount", "currency", "item"})
        if (const auto text = row.text(key)) json.key(key).value(*text);
    json.key("quantity").value(row.text("quantity").value_or("0"));
    json.key("sink").value(source).key("source").value("import");
    json.key("window").value(row.text("window").value_or("")).end();
    return contract::canonical_json(json.take());
}

// The same of what is known already.
std::string said_before(const std::string& known) {
    const auto json = Json::parse(known);
    if (!json || json->text("source") != "import") return {};
    return said_of(std::string(json->text("sink").value_or("")), *json);
}

std::string payload_of(const std::string& said, const std::string& import_id,
                       const std::string& by) {
    contract::JsonWriter json;
    json.object().key("by").value(by).key("importId").value(import_id).end();
    const std::string whose = json.take();
    return contract::canonical_json(said.substr(0, said.size() - 1) + "," + whose.substr(1));
}

}  // namespace

struct FindingDesk::Import {
    Statement statement;
    Imported imported;
    std::vector<Row> rows;  // That are still to be written, the next one last.
    journal::Done<Imported> done;
};

void FindingDesk::import(Statement statement, Loop& from, journal::Done<Imported> done) {
    auto import = std::make_shared<Import>(
        Import{.statement = std::move(statement), .imported = {}, .rows = {}, .done = {}});
    turns_.take([this, import, done = session::on_loop<Imported>(from, std::move(done))]() mutable {
        import->done = [this, done = std::move(done)](Result<Imported> outcome) mutable {
            turns_.end();
            done(std::move(outcome));
        };
        known(import->statement.account_id, [this, import](const Status& is) {
            if (!is) return import->done(fail(is.error()));
            read_rows(import);
        });
    });
}

// What is known already is not said again: a statement that is imported twice adds nothing.
void FindingDesk::read_rows(ImportPtr import) {
    const Statement& given = import->statement;
    const auto rows = Json::parse(given.rows_json);
    if (!rows) return import->done(fail(rows.error()));
    import->imported = {
        fact_id("imp_", {given.account_id, given.source, contract::canonical_json(*rows)}),
        rows->items().size()};
    // The last word of a statement on an hour of an item is the one that counts.
    std::map<std::pair<std::string, std::string>, std::string> said;
    for (const Json& row : rows->items())
        said[{std::string(row.text("window").value_or("")),
              std::string(row.text("item").value_or(""))}] = said_of(given.source, row);
    for (auto& [key, payload] : said)
        import->rows.push_back({key.first, key.second, std::move(payload)});
    parts_.findings.ask<std::vector<Row>>(
        parts_.home,
        [this, alive = alive_, import](Result<std::vector<Row>> fresh) {
            if (!*alive) return;
            if (!fresh) return import->done(fail(fresh.error()));
            import->rows = *std::move(fresh);
            next_row(import);
        },
        [import](FindingsStore& store) -> Result<std::vector<Row>> {
            std::vector<Row> fresh;
            for (auto row = import->rows.rbegin(); row != import->rows.rend(); ++row) {
                const auto known_word = store.elsewhere(
                    import->statement.account_id, import->statement.source, row->item, row->window);
                if (!known_word) return fail(known_word.error());
                if (said_before(*known_word) != row->said) fresh.push_back(*row);
            }
            return fresh;
        });
}

void FindingDesk::next_row(ImportPtr import) {
    if (import->rows.empty()) return import->done(import->imported);
    const Row row = std::move(import->rows.back());
    import->rows.pop_back();
    parts_.writer.write({.stream = import->statement.account_id,
                         .name = "elsewhere:",
                         .type = "billing.counted.elsewhere",
                         .payload = payload_of(row.said, import->imported.id, import->statement.by),
                         .done = [this, alive = alive_, import](const Status& written) {
                             if (!*alive) return;
                             if (!written) return import->done(fail(written.error()));
                             next_row(import);
                         }});
}

}  // namespace lifeline::app
