#include <fmt/format.h>

#include <utility>

#include "app/reconciler.h"
#include "base/digest.h"
#include "base/text.h"
#include "contract/json.h"
#include "session/sessions.h"

// Reports of runs: their files, or made again.
namespace lifeline::app {

using findings::FindingsStore;
using findings::Run;

void Reconciler::report(std::string run_id, Loop& home, journal::Done<std::string> done) {
    parts_.findings.ask<std::optional<Run>>(
        parts_.home,
        [this, alive = alive_, run_id, done = session::on_loop<std::string>(home, std::move(done))](
            const Result<Known>& run) mutable {
            if (!*alive) return;
            if (!run) return done(fail(run.error()));
            if (!*run)
                return done(fail(Code::not_found, "reconciliation_not_found",
                                 fmt::format("there is no run {}", run_id)));
            parts_.reports.read(run_id, [this, alive, run = **run,
                                         done = std::move(done)](Result<std::string> kept) mutable {
                if (!*alive) return;
                const auto json = contract::Json::parse(run.payload);
                const auto digest = json ? json->text("reportSha256") : std::nullopt;
                if (kept && digest == to_hex(sha256(*kept))) return done(std::move(kept));
                count_again(run, std::move(done));
            });
        },
        [run_id](FindingsStore& store) { return store.run(run_id); });
}

void Reconciler::count_again(const Run& run, journal::Done<std::string> done) {
    const auto json = contract::Json::parse(run.payload);
    const auto span = findings::span_of(run.id);
    const auto up_to = json ? json->find("upToPosition") : std::nullopt;
    if (!span || !up_to)
        return done(fail(Code::not_found, "reconciliation_not_found",
                         "this run does not say what it counted"));
    parts_.count({run.id, *span, static_cast<std::uint64_t>(up_to->as_integer().value_or(0))},
                 [this, alive = alive_, id = run.id,
                  digest = std::string(json->text("reportSha256").value_or("")),
                  done = std::move(done)](Result<Counted> counted) mutable {
                     if (!*alive) return;
                     if (!counted) return done(fail(counted.error()));
                     if (to_hex(sha256(counted->report)) != digest)
                         return done(fail(Code::not_found, "reconciliation_not_found",
                                          "its file is gone, and it was made by another "
                                          "configuration or version"));
                     parts_.reports.write(id, counted->report,
                                          [report = counted->report, done = std::move(done)](
                                              const Status&) mutable { done(std::move(report)); });
                 });
}

}  // namespace lifeline::app
