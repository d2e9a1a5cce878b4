#pragma once

#include <fstream>
#include <optional>
#include <string>

#include "base/check.h"
#include "billing/book_entry.h"
#include "metering/usage_record.h"
#include "sql/database.h"

namespace lifeline::money {

// Records and charges as anybody would have them in a database: one table each, without an index
// but their keys.
class PlainRows {
public:
    PlainRows(const std::string& dir, bool dump);
    ~PlainRows();
    PlainRows(const PlainRows&) = delete;
    PlainRows& operator=(const PlainRows&) = delete;

    void add(const metering::CallName& call, const metering::UsageRecord& record,
             std::string_view item);
    void add(const std::string& id, const billing::ChargeKey& key, std::int64_t quantity,
             const std::string& amount);

private:
    std::optional<sql::Database> database_;
    std::optional<sql::Transaction> transaction_;
    std::optional<sql::Statement> usage_;
    std::optional<sql::Statement> charge_;
    std::ofstream usage_file_;
    std::ofstream charge_file_;
};

// Sums by account, line of the card, meter and kind, those by line, and beside them what is
// charged: lines, records, and lines that differ.
inline constexpr const char* sums =
    "with kinds as (select account, item, meter, dims, hour, sum(quantity) as quantity, "
    "count(*) as records from usage group by account, item, meter, dims, hour), "
    "lines as (select account, item, hour, sum(quantity) as quantity, sum(records) as records "
    "from kinds group by account, item, hour) "
    "select count(*), sum(lines.records), "
    "count(*) filter (where lines.quantity is distinct from charges.quantity) "
    "from lines left join charges on charges.account=lines.account and charges.item=lines.item "
    "and charges.hour=lines.hour";
inline constexpr const char* one_scan = "select sum(quantity) from usage";

}  // namespace lifeline::money
