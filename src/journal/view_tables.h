#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "journal/view_file.h"
#include "sql/query.h"

namespace lifeline::journal {

// What the store of a view stands on: a file with its cursor, and tables that are asked and
// written. Blocks; used by one thread at a time.
class ViewTables {
public:
    Result<std::uint64_t> cursor() { return view_.cursor(); }
    Status settle(Settle how) { return view_.settle(how); }

protected:
    explicit ViewTables(ViewFile view) : view_(std::move(view)) {}

    // `take` brings each into the tables; with the new cursor, in one transaction.
    template <class Told, class Take>
    Status take_all(const std::vector<Told>& told, std::uint64_t cursor, Take take) {
        return view_.move(cursor, [&](sql::Database&) -> Status {
            for (const Told& one : told)
                if (const Status taken = take(one); !taken) return taken;
            return {};
        });
    }
    // Statements are kept for the next time that their text is asked.
    template <class... Values>
    sql::Query ask(std::string_view text, const Values&... values) {
        return sql::Query(view_.database().kept(text), values...);
    }
    template <class... Values>
    Status put(std::string_view text, const Values&... values) {
        return ask(text, values...).run();
    }

    ViewFile view_;
};

}  // namespace lifeline::journal
