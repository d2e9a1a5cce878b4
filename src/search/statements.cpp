#include "search/statements.h"

#include <fmt/format.h>

namespace lifeline::search {

namespace {

// A few kilobytes each. Who asks about more parts than these hold prepares them again.
constexpr std::size_t prepared_max = 2'000;

}  // namespace

Result<sql::Statement*> Statements::of(sql::Database& database, const char* text,
                                       std::int64_t part) {
    const auto key = std::pair(part, text);
    if (const auto known = prepared_.find(key); known != prepared_.end()) {
        known->second.reset();
        return &known->second;
    }
    auto statement = database.prepare(fmt::format(fmt::runtime(text), part));
    if (!statement) return fail(statement.error());
    // Those of other parts only: whoever asks may still hold others of this one.
    if (prepared_.size() >= prepared_max)
        std::erase_if(prepared_, [&](const auto& one) { return one.first.first != part; });
    return &prepared_.emplace(key, *std::move(statement)).first->second;
}

void Statements::forget(std::int64_t part) {
    std::erase_if(prepared_, [&](const auto& one) { return one.first.first == part; });
}

}  // namespace lifeline::search
