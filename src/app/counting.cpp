#include "app/counting.h"

#include <utility>

namespace lifeline::app {

namespace {

using reconciliation::Group;
using reconciliation::Report;

Counted counted(const Report& report) {
    Counted made{.report = reconciliation::report_json(report),
                 .matched = report.in(Group::fine),
                 .waiting = report.in(Group::waiting),
                 .differences = {}};
    for (const auto* row : report.findings())
        made.differences.push_back({row->finding_id, row->key.account,
                                    reconciliation::mismatch_json(*row, report.query.run_id)});
    return made;
}

}  // namespace

std::function<void(Counting, journal::Done<Counted>)> counts_by(
    reconciliation::Reconciliation& reconciliation, Loop& home, CountSettings settings) {
    return [&reconciliation, &home, settings = std::move(settings)](Counting counting,
                                                                    journal::Done<Counted> done) {
        reconciliation.run({.run_id = counting.run_id,
                            .first = counting.span.first,
                            .last = counting.span.last,
                            .up_to = counting.up_to,
                            .config_sha256 = settings.config_sha256,
                            .horizon = settings.horizon,
                            .sinks = settings.sinks},
                           home, [done = std::move(done)](const Result<Report>& report) mutable {
                               if (!report) return done(fail(report.error()));
                               done(counted(*report));
                           });
    };
}

}  // namespace lifeline::app
