#pragma once

#include <concepts>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/result.h"
#include "sql/statement.h"

namespace lifeline::sql {

// A statement with the values of its parameters, in the order of their numbers, asked once: what
// every reader and writer of a table does. Texts are borrowed until it is answered.
//
//     sql::Query(database.prepare("select name from calls where owner=?1"), owner).all(name_in);
class Query {
public:
    template <class... Values>
    explicit Query(Result<Statement> statement, const Values&... values)
        : statement_(std::move(statement)) {
        if (!statement_) return;
        int parameter = 0;
        (bind(++parameter, values), ...);
    }

    // For a statement without rows.
    Status run() {
        if (!statement_) return fail(statement_.error());
        return statement_->run();
    }
    // `take` is given each row, and may fail.
    template <class Take>
    Status each(Take take) {
        if (!statement_) return fail(statement_.error());
        const StatementScope scope(*statement_);
        for (;;) {
            const auto more = statement_->step();
            if (!more) return fail(more.error());
            if (!*more) return {};
            if constexpr (std::is_void_v<std::invoke_result_t<Take&, const Statement&>>) {
                take(*statement_);
            } else if (const Status taken = take(*statement_); !taken) {
                return taken;
            }
        }
    }
    // What `read` makes of each row.
    template <class Read>
    auto all(Read read) -> Result<std::vector<std::invoke_result_t<Read&, const Statement&>>> {
        std::vector<std::invoke_result_t<Read&, const Statement&>> found;
        const auto done = each([&](const Statement& row) { found.push_back(read(row)); });
        if (!done) return fail(done.error());
        return found;
    }
    // What it makes of the first, if there is one.
    template <class Read>
    auto first(Read read) -> Result<std::optional<std::invoke_result_t<Read&, const Statement&>>> {
        using Found = std::optional<std::invoke_result_t<Read&, const Statement&>>;
        if (!statement_) return fail(statement_.error());
        const StatementScope scope(*statement_);
        const auto more = statement_->step();
        if (!more) return fail(more.error());
        return *more ? Found(read(*statement_)) : Found();
    }
    Result<bool> any() {
        const auto row = first([](const Statement&) { return true; });
        if (!row) return fail(row.error());
        return row->has_value();
    }

private:
    void bind(int parameter, std::string_view text) { statement_->bind_text(parameter, text); }
    template <std::signed_integral T>
    void bind(int parameter, T number) {
        statement_->bind(parameter, static_cast<std::int64_t>(number));
    }
    template <std::unsigned_integral T>
    void bind(int parameter, T number) {
        statement_->bind(parameter, static_cast<std::uint64_t>(number));
    }

    Result<Statement> statement_;
};

}  // namespace lifeline::sql
