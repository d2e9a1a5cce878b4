#include "app/charge_mender.h"

#include <fmt/format.h>

#include <map>
#include <tuple>
#include <utility>

#include "base/log.h"
#include "contract/json.h"
#include "contract/json_writer.h"

namespace lifeline::app {

namespace {

using contract::Json;
using findings::Finding;
using findings::FindingsStore;
using findings::State;

constexpr std::string_view not_owed =
    "the journal, read again, owes no charge here: somebody has to look at it";
constexpr std::string_view more_owed =
    "the journal owes more than is read at once, and this charge may stand behind it";
constexpr std::string_view still_there =
    "what the journal owes is charged and it is still missing: somebody has to look at it";
constexpr std::string_view month_is_over =
    "the month of this hour is over, and its statement does not change any more: it takes an "
    "adjustment";
constexpr std::string_view booked_meanwhile =
    "something was booked here meanwhile: count the hour again";
constexpr std::string_view not_written =
    "the charge cannot be written: see the log, then count the hour again";

// Nothing of it is in the books, and no person has taken it.
bool may_be_mended(const Finding& finding, const Json& payload) {
    return (finding.state == State::open || finding.state == State::retrying) &&
           payload.text("class") == "missing" && payload.text("layer") == "book" &&
           payload.text("item");
}

Result<std::vector<Finding>> candidates(FindingsStore& store, Window since) {
    const auto standing = store.standing();
    if (!standing) return fail(standing.error());
    std::vector<Finding> found;
    for (const auto& [id, finding] : *standing) {
        const auto payload = Json::parse(finding.payload);
        if (!payload || !may_be_mended(finding, *payload)) continue;
        const auto window = parse_window(payload->text("window").value_or(""));
        if (!window || *window < since) continue;
        auto whole = store.find(id);
        if (!whole) return fail(whole.error());
        if (*whole) found.push_back(**std::move(whole));
    }
    return found;
}

// By account, item and hour: there may be very many of what is owed, and of what is missing.
using OfLine = std::tuple<std::string, std::string, std::string>;

std::map<OfLine, ChargeMender::Due> by_line(const ChargeMender::Due& owed) {
    std::map<OfLine, ChargeMender::Due> lines;
    for (const auto& entry : owed) {
        const auto json = Json::parse(entry.payload);
        if (!json) continue;
        const auto window =
            json->text("window") ? json->text("window") : json->text("serviceWindow");
        lines[{entry.account_id, std::string(json->text("item").value_or("")),
               std::string(window.value_or(""))}]
            .push_back(entry);
    }
    return lines;
}

}  // namespace

void ChargeMender::start() {
    look(std::nullopt);
}

void ChargeMender::counted(const findings::Span& span, std::uint64_t up_to) {
    look(CountedHours{span, up_to});
}

void ChargeMender::look(std::optional<CountedHours> run) {
    parts_.findings.ask<std::vector<Finding>>(
        parts_.home,
        [this, alive = alive_, run](const Result<std::vector<Finding>>& found) {
            if (!*alive || !found) return;
            std::vector<CasePtr> cases;
            for (const Finding& finding : *found) {
                const auto payload = Json::parse(finding.payload);
                if (!payload) continue;
                const std::string window(payload->text("window").value_or(""));
                const auto hour = parse_window(window);
                const bool retrying = finding.state == State::retrying;
                const bool of_run =
                    run && hour && *hour >= run->span.first && *hour <= run->span.last;
                if (!of_run && (run || !retrying)) continue;
                // A run from before the charge was written says nothing about whether it helped.
                const bool seen =
                    of_run && (!retrying || (!finding.history.empty() &&
                                             finding.history.back().position <= run->up_to));
                const auto one = std::make_shared<Case>(
                    Case{.finding = finding,
                         .item = std::string(payload->text("item").value_or("")),
                         .window = window,
                         .seen = seen});
                if (is_over(window)) {
                    if (seen || retrying) give_up(one, month_is_over);
                    continue;
                }
                cases.push_back(one);
            }
            if (!cases.empty()) mend(cases);
        },
        [since = window_of(parts_.home.clock().wall()) - settings_.horizon](FindingsStore& store) {
            return candidates(store, since);
        });
}

bool ChargeMender::is_over(const std::string& window) const {
    const auto hour = parse_window(window);
    return hour && month_of(*hour) != month_of(window_of(parts_.home.clock().wall()));
}

void ChargeMender::mend(const std::vector<CasePtr>& cases) {
    parts_.owed([this, alive = alive_, cases](const Result<Due>& owed) {
        if (!*alive) return;
        if (!owed)
            return log::error("missing charges are not looked for reason={} {}",
                              owed.error().reason, owed.error().detail);
        const auto lines = by_line(*owed);
        const bool all = owed->size() < settings_.owed_max;
        for (const CasePtr& one : cases) {
            const auto line = lines.find({one->finding.account_id, one->item, one->window});
            if (line != lines.end()) {
                one->owed = line->second;
                begin(one);
            } else if (!all) {
                log::warn("finding={} account={} waits for the next run: {}", one->finding.id,
                          one->finding.account_id, more_owed);
            } else if (one->seen) {
                give_up(one, one->finding.state == State::retrying ? still_there : not_owed);
            }
        }
    });
}

// Somebody may have settled it while the journal was read: then nothing more is done about it.
void ChargeMender::in_turn(const CasePtr& one, std::move_only_function<void(bool booked)> go_on) {
    parts_.turn([this, alive = alive_, one, go_on = std::move(go_on)](Job end) mutable {
        if (!*alive) return;
        one->end = std::move(end);
        struct Now {
            std::optional<Finding> finding;
            bool booked = false;
        };
        parts_.findings.ask<Now>(
            parts_.home,
            [alive, one, go_on = std::move(go_on)](const Result<Now>& now) mutable {
                if (!*alive) return;
                if (!now || !now->finding || now->finding->state != one->finding.state ||
                    now->finding->history.size() != one->finding.history.size())
                    return one->end();
                go_on(now->booked);
            },
            [id = one->finding.id, account = one->finding.account_id, item = one->item,
             hour = parse_window(one->window)](FindingsStore& store) -> Result<Now> {
                auto finding = store.find(id);
                if (!finding) return fail(finding.error());
                Now now{.finding = *std::move(finding)};
                if (!hour) return now;
                const auto charged = store.has_charge(account, item, *hour);
                if (!charged) return fail(charged.error());
                now.booked = *charged;
                return now;
            });
    });
}

void ChargeMender::begin(const CasePtr& one) {
    in_turn(one, [this, alive = alive_, one](bool booked) {
        if (one->finding.state == State::retrying) return write(one);
        // By hand, without a word of this finding.
        if (booked) {
            log::warn("finding={} account={} needs somebody: {}", one->finding.id,
                      one->finding.account_id, booked_meanwhile);
            return one->end();
        }
        if (is_over(one->window)) return too_late(one);
        log::warn(
            "finding={} account={} is charged now: billing.db had lost it, see lifeline rebuild",
            one->finding.id, one->finding.account_id);
        become(one, State::retrying, "the journal owes this charge: it is written",
               [this, alive, one](const Status& is) {
                   if (!*alive) return;
                   // The disk is full: the next run finds it again.
                   if (!is) return one->end();
                   one->finding.state = State::retrying;
                   one->finding.history.emplace_back();
                   write(one);
               });
    });
}

// The journal is read, and a turn waited for, while time passes: the month may be over by now.
void ChargeMender::write(const CasePtr& one) {
    if (is_over(one->window)) return too_late(one);
    struct Count {
        std::size_t left;
        bool all = true;
    };
    ++one->tries;
    auto count = std::make_shared<Count>(Count{.left = one->owed.size()});
    for (const auto& entry : one->owed)
        parts_.writer.write({.stream = entry.account_id,
                             .name = "book:" + entry.id,
                             .type = entry.type,
                             .payload = entry.payload,
                             .done = [this, alive = alive_, one, count](const Status& done) {
                                 if (!*alive) return;
                                 count->all = count->all && done.has_value();
                                 if (--count->left == 0) written(one, count->all);
                             }});
}

void ChargeMender::written(const CasePtr& one, bool all) {
    one->end();
    if (all) return log::info("finding={} is charged", one->finding.id);
    if (one->tries >= settings_.tries) return give_up(one, not_written);
    (void)parts_.home.start_timer(settings_.pause, [this, alive = alive_, one] {
        if (*alive) begin(one);
    });
}

void ChargeMender::too_late(const CasePtr& one) {
    one->end();
    give_up(one, month_is_over);
}

// One that was never tried is open as it is; one that a person took meanwhile is theirs.
void ChargeMender::give_up(const CasePtr& one, std::string_view reason) {
    log::warn("finding={} account={} needs somebody: {}", one->finding.id, one->finding.account_id,
              reason);
    if (one->finding.state != State::retrying) return;
    in_turn(one, [this, alive = alive_, one, reason](bool) {
        become(one, State::open, reason, [alive, one](const Status&) {
            if (*alive) one->end();
        });
    });
}

// Named by how many changes there were before, as the desk names its own.
void ChargeMender::become(const CasePtr& one, State state, std::string_view reason,
                          journal::Done<void> done) {
    contract::JsonWriter json;
    json.object().key("findingId").value(one->finding.id).key("reason").value(reason);
    json.key("state").value(findings::to_text(state)).end();
    parts_.writer.write({.stream = one->finding.account_id,
                         .name = fmt::format("mend:{}:{}:{}", one->finding.id,
                                             one->finding.history.size(), findings::to_text(state)),
                         .type = "billing.finding.changed",
                         .payload = json.take(),
                         .done = std::move(done)});
}

}  // namespace lifeline::app
