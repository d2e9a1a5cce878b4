#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "search/statements.h"
#include "sql/database.h"

namespace lifeline::search {

// The passages of one part that have what is looked for, in the order of their numbers, and what
// their ranks are made of.
class Hits {
public:
    static Result<Hits> read(sql::Database& database, Statements& statements, std::int64_t part,
                             std::string_view match);

    std::size_t size() const { return passages_.size(); }
    std::int64_t passage(std::size_t hit) const { return passages_[hit]; }
    // bm25 as FTS5 reckons it, by the words of this part: the least is the best. A word that is
    // rare in one month counts for more in its passages than in those of a month in which it is
    // not.
    double rank(std::size_t hit, std::uint32_t tokens) const;

private:
    void weigh();

    std::vector<std::int64_t> passages_;
    std::vector<std::uint32_t> counts_;  // Of each phrase, hit by hit.
    std::vector<std::int64_t> in_texts_;
    std::vector<double> weights_;  // Of each phrase: the rarer, the more.
    std::int64_t texts_ = 0;
    std::int64_t tokens_ = 0;
    double tokens_of_one_ = 1;
};

}  // namespace lifeline::search
