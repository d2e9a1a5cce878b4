#include <fmt/format.h>

#include <algorithm>

#include "app/counting.h"
#include "app/server_house.h"
#include "app/webhook_secret.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/text.h"
#include "contract/json_writer.h"

// Hours are counted again, what differs is told, and people say what becomes of it.
namespace lifeline::app {

namespace {

using reconciliation::ExpectedSink;

// A charge that a sink was never told of is missing there, too.
std::vector<ExpectedSink> expected(const std::vector<SinkConfig>& sinks) {
    std::vector<ExpectedSink> all;
    for (const SinkConfig& sink : sinks) all.push_back({.name = sink.name, .from = sink.from});
    std::ranges::sort(all, {}, &ExpectedSink::name);
    return all;
}

std::vector<std::string> names_of(const auto& map) {
    std::vector<std::string> names;
    for (const auto& [name, there] : map) names.push_back(name);
    return names;
}

std::vector<SinkQuestions::Sums> that_say_sums(const std::vector<SinkConfig>& sinks) {
    std::vector<SinkQuestions::Sums> all;
    for (const SinkConfig& sink : sinks)
        if (!sink.meters.empty())
            all.push_back({.sink = sink.name,
                           .accounts = names_of(sink.customers),
                           .items = names_of(sink.meters)});
    return all;
}

std::map<std::string, Window> begins_of(const std::vector<SinkConfig>& sinks) {
    std::map<std::string, Window> begins;
    for (const SinkConfig& sink : sinks)
        if (sink.from) begins.emplace(sink.name, *sink.from);
    return begins;
}

// What a report depends on beside the journal.
std::string digest_of(const ReconciliationConfig& config, const std::vector<ExpectedSink>& sinks) {
    contract::JsonWriter json;
    json.object().key("horizonDays").value(config.horizon.count()).key("sinks").array();
    for (const ExpectedSink& sink : sinks)
        json.value(sink.from ? fmt::format("{} {}", sink.name, text_of(*sink.from)) : sink.name);
    json.end().end();
    return to_hex(sha256(json.take()));
}

}  // namespace

Status Server::House::build_reconciliation() {
    const ReconciliationConfig& set = config.reconciliation;
    finding_desk.emplace(FindingDesk::Parts{.home = front(),
                                            .findings = *findings,
                                            .billing = *billing,
                                            .metering = *metering,
                                            .writer = *house_streams,
                                            .directory = instance->directory()});
    report_files.emplace(front(), *recounter, config.data / "reports");
    if (!set.alert_url.empty()) {
        auto signer = webhook_signer("reconciliation.alert.secret_file", set.alert_secret_file);
        if (!signer) return fail(signer.error());
        alerts.emplace(
            AlertSender::Parts{.home = front(),
                               .findings = *findings,
                               .writer = *house_streams,
                               .post =
                                   [this](net::FetchRequest request, net::HttpClient::Done done) {
                                       client->fetch(std::move(request), std::move(done));
                                   }},
            AlertSender::Options{.url = set.alert_url,
                                 .signer = std::move(*signer),
                                 .attempts = static_cast<unsigned>(set.alert_attempts)});
    }
    const std::vector<ExpectedSink> sinks = expected(config.billing.sinks);
    const std::string settings = digest_of(set, sinks);
    const api::SinkDesk desk = desk_for_sinks();
    sink_questions.emplace(SinkQuestions::Parts{.home = front(),
                                                .findings = *findings,
                                                .writer = *house_streams,
                                                .head = [this] { return journal->head_position(); },
                                                .sinks = desk.can_be_read(),
                                                .sums = that_say_sums(config.billing.sinks),
                                                .from = begins_of(config.billing.sinks),
                                                .read_back = desk.read_back});
    books_again.emplace(front(), *recounter, *journal, (config.data / "billing-again.db").string());
    charge_mender.emplace(
        ChargeMender::Parts{.home = front(),
                            .findings = *findings,
                            .writer = *house_streams,
                            .owed =
                                [this](journal::Done<ChargeMender::Due> done) {
                                    books_again->due(std::move(done));
                                },
                            .turn =
                                [this](std::move_only_function<void(Job end)> job) {
                                    finding_desk->take_turn(std::move(job));
                                }},
        ChargeMender::Settings{.horizon = set.horizon});
    reconciler.emplace(
        Reconciler::Parts{
            .home = front(),
            .journal = *journal,
            .findings = *findings,
            .writer = *house_streams,
            .reports = *report_files,
            .alerts = alerts ? &*alerts : nullptr,
            .booked =
                [this](journal::Done<bool> done) {
                    billing->due(1, front(),
                                 [done = std::move(done)](
                                     const Result<std::vector<billing::DueEntry>>& due) mutable {
                                     if (!due) return done(fail(due.error()));
                                     done(due->empty());
                                 });
                },
            .ask_sinks =
                [this](findings::Span span, journal::Done<void> done) {
                    sink_questions->ask(span, std::move(done));
                },
            .count = counts_by(*recount, front(),
                               {.horizon = set.horizon, .sinks = sinks, .config_sha256 = settings}),
            .sign =
                [this](std::string_view message) {
                    auto [key_id, signature] = record_signer->sign(message);
                    return Reconciler::Signed{std::move(key_id), std::move(signature)};
                },
            .counted = [this](const findings::Span& span,
                              std::uint64_t up_to) { charge_mender->counted(span, up_to); },
            .turn =
                [this](std::move_only_function<void(Job end)> job) {
                    finding_desk->take_turn(std::move(job));
                }},
        Reconciler::Settings{.enabled = set.enabled,
                             .settle = set.settle,
                             .dead_man = set.dead_man,
                             .config_sha256 = settings});
    return {};
}

void Server::House::start_reconciliation() {
    findings->on_change([this] {
        if (alerts) alerts->look();
    });
    findings->start((config.data / "findings.db").string(), [this](Status followed) {
        if (!followed)
            return log::error("nothing is reconciled reason={} {}", followed.error().reason,
                              followed.error().detail);
        if (alerts) alerts->look();
        recount->start((config.data / "reconciliation.db").string(), [this](Status counting) {
            if (!counting)
                return log::error("nothing is reconciled reason={} {}", counting.error().reason,
                                  counting.error().detail);
            charge_mender->start();
            reconciler->start();
        });
    });
}

// From the home loop.
void Server::House::count_reconciled(Loop& from, journal::Done<Reconciled> done) {
    const std::string since = format_rfc3339(clock.wall() - AlertSender::Options{}.news_for);
    findings->ask<findings::Counts>(
        from,
        [this, done = std::move(done)](const Result<findings::Counts>& counts) mutable {
            if (!counts) return done(fail(counts.error()));
            done(Reconciled{
                .runs = reconciler->figures(), .findings = *counts, .alerts = alerts.has_value()});
        },
        [since](findings::FindingsStore& store) { return store.counts(since); });
}

void Server::House::count_stuck(Loop& from, journal::Done<std::uint64_t> done) {
    using Stuck = std::vector<billing::StuckStatement>;
    billing->stuck(100, from, [done = std::move(done)](const Result<Stuck>& stuck) mutable {
        done(stuck ? Result<std::uint64_t>(stuck->size()) : fail(stuck.error()));
    });
}

api::ReconciliationDesk Server::House::desk_for_reconciliation() {
    using Desk = api::ReconciliationDesk;
    return {
        .run =
            [this](Desk::Hours hours, Loop& from, journal::Done<std::vector<findings::Run>> done) {
                reconciler->run(hours.from, hours.to, from, std::move(done));
            },
        .report =
            [this](std::string run_id, Desk::Form form, Loop& from,
                   journal::Done<std::string> done) {
                reconciler->report(
                    std::move(run_id), from,
                    [form, done = std::move(done)](Result<std::string> json) mutable {
                        if (!json || form == Desk::Form::json) return done(std::move(json));
                        done(form == Desk::Form::csv ? reconciliation::report_csv(*json)
                                                     : reconciliation::report_text(*json));
                    });
            },
        .resolve =
            [this](Desk::Resolving resolving, Loop& from, journal::Done<findings::Finding> done) {
                finding_desk->resolve(std::move(resolving), from, std::move(done));
            },
        .adjust =
            [this](Desk::Adjusting adjusting, Loop& from, journal::Done<std::string> done) {
                finding_desk->adjust(std::move(adjusting), from, std::move(done));
            },
        .import =
            [this](Desk::Statement statement, Loop& from, journal::Done<Desk::Imported> done) {
                finding_desk->import(std::move(statement), from, std::move(done));
            },
        .resend_alert =
            [this](Desk::Moving moving, Loop& from, journal::Done<void> done) {
                if (alerts) return alerts->resend(std::move(moving), from, std::move(done));
                from.post([done = std::move(done)]() mutable {
                    done(fail(Code::unavailable, "not_ready",
                              "reconciliation.alert.url names nobody to tell"));
                });
            },
        .discard_alert =
            [this](Desk::Moving moving, Loop& from, journal::Done<void> done) {
                finding_desk->discard_alert(std::move(moving), from, std::move(done));
            }};
}

}  // namespace lifeline::app
