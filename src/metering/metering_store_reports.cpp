#include "contract/event.h"
#include "metering/call_usage_text.h"
#include "metering/metering_store.h"

// What was reported of calls, one by one.
namespace lifeline::metering {

Status MeteringStore::bring_report(CallUsage& usage, const contract::Event& event) {
    const std::string_view report = CallUsageText::report_of(event);
    if (report.empty() || CallUsageText::has_report(usage, report)) return {};
    const auto shares =
        ask("select shares from reports where session=? and report=?", usage.name().session_id,
            report)
            .first([](const sql::Statement& row) { return std::string(row.text(0)); });
    if (!shares) return fail(shares.error());
    if (!*shares) return {};
    return CallUsageText::give_report(usage, std::string(report), **shares);
}

Status MeteringStore::write_reports(CallUsage& usage) {
    for (const auto& [report, shares] : CallUsageText::take_reports(usage))
        if (const auto done = put("insert or replace into reports values(?,?,?)",
                                  usage.name().session_id, report, shares);
            !done)
            return done;
    return {};
}

}  // namespace lifeline::metering
