#include "app/reconciler.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/fact_id.h"
#include "base/log.h"
#include "contract/json.h"
#include "contract/json_writer.h"
#include "session/sessions.h"

// When hours are counted: by themselves, when somebody asks, and what is told where none are.
namespace lifeline::app {

namespace {

using findings::DueHour;
using findings::FindingsStore;
using findings::Run;
using findings::Span;

constexpr Millis look_every = std::chrono::minutes(1);
constexpr std::chrono::hours one_hour(1);
// A range that somebody asks for.
constexpr std::chrono::hours hours_max(24 * 100);

struct Standing {
    std::optional<Window> closed;
    std::optional<Window> counted;
    std::vector<DueHour> due;
};

Result<Standing> standing_of(FindingsStore& store, const Span& of) {
    Standing standing;
    const auto closed = store.closed();
    if (!closed) return fail(closed.error());
    standing.closed = *closed;
    const auto furthest = store.furthest();
    if (!furthest) return fail(furthest.error());
    if (*furthest) standing.counted = parse_window((*furthest)->window);
    auto due = store.due(of);
    if (!due) return fail(due.error());
    standing.due = *std::move(due);
    return standing;
}

}  // namespace

Reconciler::Reconciler(Parts parts, Settings settings)
    : parts_(std::move(parts)), settings_(std::move(settings)) {}

Reconciler::~Reconciler() {
    *alive_ = false;
    if (timer_ != 0) parts_.home.cancel_timer(timer_);
}

// What the last run found may not have been written by the process that made it.
void Reconciler::start() {
    began_ = parts_.home.clock().wall();
    begin({}, [this, alive = alive_](const Result<std::vector<Run>>&) {
        if (*alive) look();
    });
}

// What the figures say of the last run is so after a restart, too.
void Reconciler::show(const Run& run) {
    const auto json = contract::Json::parse(run.payload);
    const auto found = json ? json->find("findings") : std::nullopt;
    if (found) figures_.findings = static_cast<std::uint64_t>(found->as_integer().value_or(0));
    figures_.last = parse_rfc3339(run.at).value_or(WallTime());
}

void Reconciler::wait() {
    timer_ = parts_.home.start_timer(look_every, [this, alive = alive_] {
        if (!*alive) return;
        timer_ = 0;
        look();
    });
}

// By itself: once an hour that was never counted has settled, and then all that is due; and where
// something of the newest run is still to be written.
void Reconciler::look() {
    if (!settings_.enabled) return;
    const WallTime now = parts_.home.clock().wall();
    const Window settled = window_of(now - settings_.settle) - one_hour;
    const Span of{Window(), settled};  // However long ago: what is said of it now is news.
    parts_.findings.ask<Standing>(
        parts_.home,
        [this, alive = alive_](const Result<Standing>& standing) {
            if (!*alive) return;
            wait();
            blind_ = !standing;
            if (blind_) {
                log::error("nothing is reconciled reason={} {}", standing.error().reason,
                           standing.error().detail);
                return watch();
            }
            closed_ = standing->closed;
            counted_ = standing->counted;
            watch();
            const bool fresh = !std::ranges::all_of(standing->due, &DueHour::counted);
            if (busy_ || (!fresh && caught_up_ && !unwritten_)) return;
            std::vector<Window> hours;
            if (fresh)
                for (const DueHour& one : standing->due) hours.push_back(one.hour);
            begin(std::move(hours), [](const Result<std::vector<Run>>&) {});
        },
        [of](FindingsStore& store) { return standing_of(store, of); });
}

// Whoever waits for a report has to hear that none comes, also where nobody can say whether one is
// due. A server that was away catches up first, and so does one whose hours were closed late.
void Reconciler::watch() {
    const WallTime now = parts_.home.clock().wall();
    const auto late = [&](const std::optional<Window>& done) {
        const WallTime due = done ? std::max<WallTime>(*done + 2 * one_hour, began_) : began_;
        return now - due > settings_.dead_man + settings_.settle;
    };
    const Window before = window_of(began_) - one_hour;
    if (!blind_ && late(closed_))
        tell_missed("billing.window.overdue", closed_.value_or(before));
    else if (late(counted_) && (busy_ || failing_ || blind_))
        tell_missed("billing.reconciliation.missed", counted_.value_or(before));
    else
        told_.clear();
}

void Reconciler::tell_missed(std::string_view type, Window since) {
    contract::JsonWriter json;
    json.object().key("lastWindow").value(text_of(since)).end();
    AlertSender::Notice notice{.id = fact_id("al_", {type, text_of(since)}),
                               .type = std::string(type),
                               .data_json = json.take()};
    if (std::exchange(told_, notice.id) == notice.id) return;
    log::error("{} last={}", type, text_of(since));
    if (parts_.alerts != nullptr) parts_.alerts->tell(std::move(notice));
}

void Reconciler::run(std::optional<Window> from, std::optional<Window> to, Loop& home,
                     journal::Done<std::vector<Run>> done) {
    using Runs = std::vector<Run>;
    parts_.home.post([this, alive = alive_, from, to,
                      done = session::on_loop<Runs>(home, std::move(done))]() mutable {
        if (!*alive) return;
        const Window now = window_of(parts_.home.clock().wall());
        parts_.findings.ask<Standing>(
            parts_.home,
            [this, alive, from, to,
             done = std::move(done)](const Result<Standing>& standing) mutable {
                if (!*alive) return;
                if (!standing) return done(fail(standing.error()));
                const auto open = [](Window hour) {
                    return fail(Code::conflict, "window_open",
                                fmt::format("{} is not closed yet", text_of(hour)));
                };
                if (!standing->closed) return done(open(window_of(parts_.home.clock().wall())));
                const Window closed = *standing->closed;
                std::vector<Window> hours;
                if (!from && !to) {
                    for (const DueHour& one : standing->due) hours.push_back(one.hour);
                    if (hours.empty()) hours.push_back(closed);
                    return begin(std::move(hours), std::move(done));
                }
                const Window end = to.value_or(closed + one_hour);
                const Window next = standing->counted.value_or(closed) + one_hour;
                const Window first = from.value_or(std::min(next, end - one_hour));
                if (first >= end || end - first > hours_max)
                    return done(fail(Code::malformed, "query_invalid",
                                     fmt::format("from 1 to {} hours can be counted at once",
                                                 hours_max.count())));
                if (end > closed + one_hour) return done(open(end - one_hour));
                for (Window hour = first; hour < end; hour += one_hour) hours.push_back(hour);
                begin(std::move(hours), std::move(done));
            },
            [of = Span{Window(), now}](FindingsStore& store) { return standing_of(store, of); });
    });
}

}  // namespace lifeline::app
