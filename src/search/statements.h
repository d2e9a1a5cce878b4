#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "base/result.h"
#include "sql/database.h"

namespace lifeline::search {

// The statements of each part, prepared once: to prepare them anew for each month of a year cost
// more than most answers.
class Statements {
public:
    // `text` is a constant, in which {0} is the part's number. Reset by who uses it.
    Result<sql::Statement*> of(sql::Database& database, const char* text, std::int64_t part);
    // Of a part that is no more.
    void forget(std::int64_t part);

private:
    // By where the text is: each is written once.
    std::map<std::pair<std::int64_t, const char*>, sql::Statement> prepared_;
};

}  // namespace lifeline::search
