#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "money/figures.h"
#include "money/hour.h"
#include "money/plain_rows.h"
#include "reconciliation/evidence_store.h"
#include "reconciliation/run.h"

namespace lifeline::money {

namespace {

using reconciliation::EvidenceStore;

// The middle of three, once it is warm.
double timed(sql::Database& database, const char* question, std::int64_t column_two) {
    std::vector<double> times;
    for (int n = 0; n < 4; ++n) {
        const auto begun = Watch::now();
        auto asked = database.prepare(question);
        CHECK(asked);
        const auto row = asked->step();
        CHECK(row && *row);
        CHECK(column_two == 0 || (asked->integer(1) == column_two && asked->integer(2) == 0));
        if (n > 0) times.push_back(seconds_since(begun));
    }
    std::ranges::sort(times);
    return times[1];
}

}  // namespace

void recount_hour(const std::string& dir) {
    std::size_t lines = 0;
    {
        const auto begun = Watch::now();
        const double cpu = cpu_seconds();
        auto store =
            EvidenceStore::open(dir + "/reconciliation.db", {.epoch = epoch, .head = INT64_MAX});
        CHECK(store);
        const auto up_to = store->cursor();
        CHECK(up_to && *up_to > 0);
        const reconciliation::RunQuery query{.run_id = "rr_bench",
                                             .first = counted_hour,
                                             .last = counted_hour,
                                             .up_to = *up_to,
                                             .config_sha256 = std::string(64, 'c'),
                                             .sinks = {{.name = sink}}};
        const auto report = reconciliation::run(*store, query);
        CHECK(report);
        const std::string json = reconciliation::report_json(*report);
        lines = report->rows.size();
        // Whatever is not in order is a fault of the bench, or of the counting.
        CHECK(lines > 0 && report->in(reconciliation::Group::fine) == lines);
        tell("recount",
             fmt::format(R"(,"kind":"hour","seconds":{:.3f},"cpu":{:.3f},"peakBytes":{},"lines":{})"
                         R"(,"events":{},"reportBytes":{})",
                         seconds_since(begun), cpu_seconds() - cpu, peak_bytes(), lines, *up_to,
                         json.size()));
    }
    auto database = sql::Database::open(dir + "/rows.db", {});
    CHECK(database);
    const auto records = database->number("select count(*) from usage");
    CHECK(records);
    for (const auto& [who, question, all] :
         {std::tuple("sqlite", sums, *records), std::tuple("floor", one_scan, std::int64_t{0})})
        tell(who, fmt::format(R"(,"kind":"hour","seconds":{:.4f},"records":{})",
                              timed(*database, question, all), *records));
}

}  // namespace lifeline::money
