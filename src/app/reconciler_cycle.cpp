#include <utility>

#include "app/reconciler.h"
#include "base/digest.h"
#include "base/fact_id.h"
#include "base/log.h"
#include "base/text.h"
#include "contract/json.h"
#include "contract/json_writer.h"

// One round of counting: the books, the sinks, and a run for each stretch of hours.
namespace lifeline::app {

namespace {

using findings::FindingsStore;
using findings::Run;
using findings::Span;

constexpr const char* house_stream = "sys_billing";
constexpr Millis books_pause = std::chrono::milliseconds(200);
constexpr int books_tries = 150;
constexpr std::chrono::hours one_hour(1);
// Of one report: a server that counts years for the first time makes one for each month or so.
constexpr std::chrono::hours span_max(24 * 31);

std::deque<Span> spans_of(const std::vector<Window>& hours) {
    std::deque<Span> spans;
    for (const Window hour : hours) {
        if (!spans.empty() && spans.back().last + one_hour == hour &&
            hour - spans.back().first < span_max)
            spans.back().last = hour;
        else
            spans.push_back({hour, hour});
    }
    return spans;
}

}  // namespace

struct Reconciler::Cycle {
    std::deque<Span> spans;
    std::vector<std::string> runs;
    bool booked = false;
    int tries = 0;
    journal::Done<std::vector<Run>> done;
};

void Reconciler::begin(std::vector<Window> hours, journal::Done<std::vector<Run>> done) {
    if (std::exchange(busy_, true))
        return done(fail(Code::conflict, "reconciliation_running", "another run is counting"));
    catch_up(std::make_shared<Cycle>(Cycle{.spans = spans_of(hours),
                                           .runs = {},
                                           .booked = false,
                                           .tries = 0,
                                           .done = std::move(done)}));
}

// Hours are counted once unless something is said of them: a difference that a run found and that
// was not written would never be seen again.
void Reconciler::catch_up(CyclePtr cycle) {
    if (unwritten_) return in_turn([this, cycle](Job end) { write_found(cycle, std::move(end)); });
    if (caught_up_) return await_books(cycle);
    parts_.findings.ask<std::vector<Run>>(
        parts_.home,
        [this, alive = alive_, cycle](const Result<std::vector<Run>>& newest) {
            if (!*alive) return;
            if (!newest) return finish(cycle, fail(newest.error()));
            if (!newest->empty()) {
                show(newest->front());
                return repair(cycle, newest->front());
            }
            caught_up_ = true;
            await_books(cycle);
        },
        [](FindingsStore& store) { return store.runs(UINT64_MAX, 1); });
}

void Reconciler::repair(CyclePtr cycle, const Run& run) {
    const auto json = contract::Json::parse(run.payload);
    const auto span = findings::span_of(run.id);
    const auto up_to = json ? json->find("upToPosition") : std::nullopt;
    if (!span || !up_to) {
        caught_up_ = true;
        return await_books(cycle);
    }
    const Counting counting{run.id, *span,
                            static_cast<std::uint64_t>(up_to->as_integer().value_or(0))};
    in_turn([this, cycle, counting, digest = std::string(json->text("reportSha256").value_or(""))](
                Job end) { repair(cycle, counting, digest, std::move(end)); });
}

void Reconciler::repair(CyclePtr cycle, const Counting& counting, const std::string& digest,
                        Job end) {
    parts_.count(counting, [this, alive = alive_, cycle, counting, digest,
                            end = std::move(end)](Result<Counted> counted) mutable {
        if (!*alive) return;
        if (counted && to_hex(sha256(counted->report)) == digest) {
            caught_up_ = true;
            unwritten_ = Found{counting, std::make_shared<Counted>(*std::move(counted))};
            return write_found(cycle, std::move(end));
        }
        end();
        if (!counted) return finish(cycle, fail(counted.error()));
        // By other rules meanwhile. What that run found nobody knows: its hours are counted anew.
        if (settings_.enabled || !cycle->spans.empty()) cycle->spans.push_front(counting.span);
        await_books(cycle);
    });
}

// What is due to be charged is no finding.
void Reconciler::await_books(CyclePtr cycle) {
    if (cycle->booked || cycle->spans.empty()) return next_span(cycle);
    parts_.booked([this, alive = alive_, cycle](const Result<bool>& booked) {
        if (!*alive) return;
        if (booked && *booked) {
            cycle->booked = true;
            return next_span(cycle);
        }
        if (!booked && booked.error().reason != "not_ready")
            return finish(cycle, fail(booked.error()));
        if (++cycle->tries > books_tries)
            return finish(cycle, fail(Code::unavailable, "not_ready",
                                      "charges that are due are not written yet"));
        parts_.home.start_timer(books_pause, [this, alive, cycle] {
            if (*alive) await_books(cycle);
        });
    });
}

void Reconciler::next_span(CyclePtr cycle) {
    if (cycle->spans.empty()) return finish(cycle, {});
    const Span span = cycle->spans.front();
    cycle->spans.pop_front();
    parts_.ask_sinks(span, [this, alive = alive_, cycle, span](const Status& asked) {
        if (!*alive) return;
        if (!asked) log::warn("a sink could not be asked reason={}", asked.error().reason);
        count(cycle, span);
    });
}

void Reconciler::count(CyclePtr cycle, const Span& span) {
    Counting counting{.run_id = {}, .span = span, .up_to = parts_.journal.head_position()};
    counting.run_id = findings::run_id(
        span, fact_id("", {"run", text_of(span.first), text_of(span.last),
                           std::to_string(counting.up_to), settings_.config_sha256}));
    parts_.count(counting, [this, alive = alive_, cycle, counting](Result<Counted> counted) {
        if (!*alive) return;
        if (!counted) return finish(cycle, fail(counted.error()));
        keep(cycle, counting, *std::move(counted));
    });
}

void Reconciler::keep(CyclePtr cycle, const Counting& counting, Counted counted) {
    auto shared = std::make_shared<Counted>(std::move(counted));
    parts_.reports.write(counting.run_id, shared->report,
                         [this, alive = alive_, cycle, counting, shared](const Status& kept) {
                             if (!*alive) return;
                             // It can be made again; what it says is in the journal.
                             if (!kept)
                                 log::warn("report {} is not kept: {}", counting.run_id,
                                           kept.error().detail);
                             record(cycle, counting, shared);
                         });
}

void Reconciler::in_turn(std::move_only_function<void(Job end)> job) {
    if (!parts_.turn) return job([] {});
    parts_.turn([alive = alive_, job = std::move(job)](Job end) mutable {
        if (*alive) job(std::move(end));
    });
}

// A person's word on a finding is judged by what the last run says of it: so what that says is
// written before the next word is heard.
void Reconciler::record(CyclePtr cycle, const Counting& counting,
                        std::shared_ptr<Counted> counted) {
    in_turn([this, cycle, counting, counted](Job end) {
        write_run(cycle, counting, counted, std::move(end));
    });
}

void Reconciler::write_run(CyclePtr cycle, const Counting& counting,
                           std::shared_ptr<Counted> counted, Job end) {
    const std::string digest = to_hex(sha256(counted->report));
    const Signed seal = parts_.sign("lifeline-reconciliation-1\n" + digest);
    contract::JsonWriter json;
    json.object().key("configSha256").value(settings_.config_sha256);
    json.key("findings").value(static_cast<std::uint64_t>(counted->differences.size()));
    json.key("keyId").value(seal.key_id).key("matched").value(counted->matched);
    json.key("reportSha256").value(digest).key("runId").value(counting.run_id);
    json.key("signature").value(seal.signature).key("upToPosition").value(counting.up_to);
    json.key("waiting").value(counted->waiting);
    json.key("window").value(text_of(counting.span.last)).end();
    parts_.writer.write({.stream = house_stream,
                         .name = "run:" + counting.run_id,
                         .type = "billing.reconciliation.completed",
                         .payload = json.take(),
                         .done = [this, alive = alive_, cycle, counting, counted,
                                  end = std::move(end)](const Status& written) mutable {
                             if (!*alive) return;
                             if (!written) {
                                 end();
                                 return finish(cycle, fail(written.error()));
                             }
                             ++figures_.runs;
                             figures_.findings = counted->differences.size();
                             figures_.last = parts_.home.clock().wall();
                             cycle->runs.push_back(counting.run_id);
                             log::info("run={} matched={} waiting={} findings={}", counting.run_id,
                                       counted->matched, counted->waiting,
                                       counted->differences.size());
                             caught_up_ = true;
                             unwritten_ = Found{counting, counted};
                             write_found(cycle, std::move(end));
                         }});
}

void Reconciler::write_found(CyclePtr cycle, Job end) {
    apply(*unwritten_,
          [this, alive = alive_, cycle, end = std::move(end)](const Status& applied) mutable {
              if (!*alive) return;
              end();
              if (!applied) return finish(cycle, fail(applied.error()));
              const Counting counting = std::exchange(unwritten_, std::nullopt)->counting;
              if (parts_.counted) parts_.counted(counting.span, counting.up_to);
              await_books(cycle);
          });
}

void Reconciler::finish(const CyclePtr& cycle, Status status) {
    busy_ = false;
    failing_ = !status;
    if (failing_) {
        ++figures_.refused;
        log::error("nothing is reconciled reason={} {}", status.error().reason,
                   status.error().detail);
        return cycle->done(fail(status.error()));
    }
    parts_.findings.ask<std::vector<Run>>(
        parts_.home, std::move(cycle->done),
        [ids = cycle->runs](FindingsStore& store) -> Result<std::vector<Run>> {
            std::vector<Run> runs;
            for (const std::string& id : ids) {
                const auto run = store.run(id);
                if (!run) return fail(run.error());
                if (*run) runs.push_back(**run);
            }
            return runs;
        });
}

}  // namespace lifeline::app
