#include "sql/kept_statements.h"

#include <sqlite3.h>

namespace lifeline::sql {

sqlite3_stmt* KeptStatements::take(std::string_view sql) {
    const auto found = free_.find(sql);
    if (found == free_.end()) return nullptr;
    sqlite3_stmt* const statement = found->second;
    free_.erase(found);
    return statement;
}

void KeptStatements::give_back(sqlite3_stmt* statement) {
    if (closed_) {
        sqlite3_finalize(statement);
        return;
    }
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    free_.emplace(sqlite3_sql(statement), statement);
}

void KeptStatements::close() {
    closed_ = true;
    for (const auto& [text, statement] : free_) sqlite3_finalize(statement);
    free_.clear();
}

}  // namespace lifeline::sql
