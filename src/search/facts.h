#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "search/statements.h"
#include "sql/database.h"

namespace lifeline::search {

// What a search asks of every passage that has its words, before it knows which are the best: a
// phrase may stand in tens of thousands, and to find so many rows costs more than to find the
// words. Of names and streams so much that most others are told apart; the few that are shown are
// looked at once more, by their rows.
struct Fact {
    std::int64_t at_ms = 0;
    std::uint32_t stream = 0;
    std::uint32_t tokens = 0;  // As the index counts them.
    std::uint32_t participant = 0;
    std::uint16_t place = 0;  // In its block.
    std::uint8_t speaker = 0;
    std::uint8_t kind = 0;
};

std::uint32_t hash_of_name(std::string_view name);

// The facts of one part: a block for each 4,096 numbers of passages, so that the blocks are the
// same whenever they are written.
class FactReader {
public:
    // A block is read as a whole: who asks about few passages asks their rows.
    enum class From { blocks, rows };
    FactReader(sql::Database& database, Statements& statements, std::int64_t part, From from)
        : database_(database), statements_(statements), part_(part), from_(from) {}
    // Null where there are none. Quick for who asks in the order of the numbers.
    Result<const Fact*> of(std::int64_t passage);

private:
    sql::Database& database_;
    Statements& statements_;
    std::int64_t part_;
    From from_;
    std::int64_t block_ = -1;
    std::vector<Fact> facts_;
    std::size_t next_ = 0;
};

// Which passages were indexed or are no more, for one transaction: the facts of each are written
// once, by what its row says in the end.
class FactWriter {
public:
    void touch(std::int64_t part, std::int64_t passage) { touched_.emplace(part, passage); }
    Status finish(sql::Database& database, Statements& statements);
    // Of a transaction that did not come to its end.
    void drop() { touched_.clear(); }

private:
    std::set<std::pair<std::int64_t, std::int64_t>> touched_;
};

}  // namespace lifeline::search
