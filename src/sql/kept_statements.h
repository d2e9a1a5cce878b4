#pragma once

#include <string_view>
#include <unordered_map>

struct sqlite3_stmt;

namespace lifeline::sql {

// Statements that are asked again and again, between two times that they are: preparing one takes
// longer than most of them run. Whoever has one has it alone.
class KeptStatements {
public:
    KeptStatements() = default;
    KeptStatements(const KeptStatements&) = delete;
    KeptStatements& operator=(const KeptStatements&) = delete;
    ~KeptStatements() { close(); }

    // Null where none of this text is at hand.
    sqlite3_stmt* take(std::string_view sql);
    // Reset, so that it holds neither a snapshot nor what was bound.
    void give_back(sqlite3_stmt* statement);
    // The database goes: what comes back now is not kept any more.
    void close();

private:
    // By their text, which each of them holds itself.
    std::unordered_multimap<std::string_view, sqlite3_stmt*> free_;
    bool closed_ = false;
};

}  // namespace lifeline::sql
