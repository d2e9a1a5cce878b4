#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "findings/columns.h"
#include "findings/findings_store.h"

// What is asked of the tables.
namespace lifeline::findings {

namespace {

constexpr std::string_view findings_of =
    "select id, account, state, run, opened, opened_at, payload from findings";

Finding finding_in(const sql::Statement& row) {
    return {.id = std::string(row.text(0)),
            .account_id = std::string(row.text(1)),
            .state = state_from(row.text(2)).value_or(State::open),
            .run_id = std::string(row.text(3)),
            .opened = row.natural(4),
            .opened_at = std::string(row.text(5)),
            .payload = std::string(row.text(6)),
            .history = {}};
}

constexpr std::string_view runs_of = "select run, position, at, hour, payload from runs";

Run run_in(const sql::Statement& row) {
    return {std::string(row.text(0)), row.natural(1), std::string(row.text(2)),
            std::string(row.text(3)), std::string(row.text(4))};
}

constexpr std::string_view alerts_of =
    "select id, account, finding, kind, at, state, payload from alerts";

Alert alert_in(const sql::Statement& row) {
    const auto text = [&](int column) { return std::string(row.text(column)); };
    return {text(0), text(1), text(2), text(3), text(4), text(5), text(6)};
}

constexpr std::string_view parked_of =
    "select s.alert, s.stream, coalesce(a.finding,''), coalesce(a.kind,''), s.position, s.at, "
    "s.attempts, s.status, s.message from settled s left join alerts a on a.id=s.alert";

ParkedAlert parked_in(const sql::Statement& row) {
    return {.id = std::string(row.text(0)),
            .stream = std::string(row.text(1)),
            .finding_id = std::string(row.text(2)),
            .kind = std::string(row.text(3)),
            .position = row.natural(4),
            .parked_at = std::string(row.text(5)),
            .attempts = row.natural(6),
            .status = row.natural(7),
            .message = std::string(row.text(8))};
}

Charged charged_in(const sql::Statement& row) {
    return {std::string(row.text(0)), std::string(row.text(1)), hour_of(row.natural(2))};
}

}  // namespace

Result<std::vector<Run>> FindingsStore::runs(std::uint64_t before, std::size_t limit) {
    return ask(fmt::format("{} where position<?1 order by position desc limit ?2", runs_of),
               std::min<std::uint64_t>(before, INT64_MAX), limit)
        .all(run_in);
}

Result<std::optional<Run>> FindingsStore::run(const std::string& id) {
    return ask(fmt::format("{} where run=?1", runs_of), id).first(run_in);
}

Result<std::optional<Run>> FindingsStore::furthest() {
    return ask(fmt::format("{} order by hour desc, position desc limit 1", runs_of)).first(run_in);
}

Result<std::optional<Window>> FindingsStore::closed() {
    return ask("select hour from hours where closed>0 order by hour desc limit 1")
        .first([](const sql::Statement& row) { return hour_of(row.natural(0)); });
}

Result<std::vector<DueHour>> FindingsStore::due(const Span& of) {
    return ask("select hour, counted from hours where hour between ?1 and ?2 and closed>0 and "
               "(counted=0 or waiting>0 or touched>counted) order by hour",
               number_of(of.first), number_of(of.last))
        .all([](const sql::Statement& row) {
            return DueHour{hour_of(row.natural(0)), row.natural(1) > 0};
        });
}

Result<std::uint64_t> FindingsStore::counted(Window hour) {
    const auto counted = ask("select counted from hours where hour=?1", number_of(hour))
                             .first([](const sql::Statement& row) { return row.natural(0); });
    if (!counted) return fail(counted.error());
    return counted->value_or(0);
}

Result<std::vector<Finding>> FindingsStore::list(const FindingQuery& query) {
    return ask(fmt::format("{} where opened<?1 and (?2='' or account=?2) and (?3='' or state=?3) "
                           "and (?4='' or class=?4) order by opened desc limit ?5",
                           findings_of),
               std::min<std::uint64_t>(query.before, INT64_MAX), query.account_id,
               query.state ? to_text(*query.state) : std::string_view(""), query.klass, query.limit)
        .all(finding_in);
}

Result<std::optional<Finding>> FindingsStore::one(const std::string& id) {
    return ask(fmt::format("{} where id=?1", findings_of), id).first(finding_in);
}

Result<std::optional<Finding>> FindingsStore::find(const std::string& id) {
    auto found = one(id);
    if (!found || !*found) return found;
    auto steps =
        ask("select position, at, payload from history where finding=?1 order by position", id)
            .all([](const sql::Statement& row) {
                return Step{row.natural(0), std::string(row.text(1)), std::string(row.text(2))};
            });
    if (!steps) return fail(steps.error());
    (*found)->history = *std::move(steps);
    return found;
}

Result<std::map<std::string, Finding>> FindingsStore::standing() {
    std::map<std::string, Finding> by_id;
    const auto read =
        ask(fmt::format("{} where state<>'closed'", findings_of))
            .each([&](const sql::Statement& row) { by_id.emplace(row.text(0), finding_in(row)); });
    if (!read) return fail(read.error());
    return by_id;
}

Result<std::vector<Alert>> FindingsStore::alerts(const std::string& since, std::size_t limit) {
    return ask(fmt::format("{} where (at>=?1 and not exists (select 1 from settled where "
                           "alert=id)) or exists (select 1 from settled where alert=id and "
                           "settled.state='resent') order by position limit ?2",
                           alerts_of),
               since, limit)
        .all(alert_in);
}

Result<std::optional<Alert>> FindingsStore::alert_of(const std::string& alert_id) {
    return ask(fmt::format("{} where id=?1", alerts_of), alert_id).first(alert_in);
}

Result<std::vector<ParkedAlert>> FindingsStore::parked(std::uint64_t after, std::size_t limit) {
    return ask(fmt::format("{} where s.state='parked' and s.position>?1 order by s.position "
                           "limit ?2",
                           parked_of),
               after, limit)
        .all(parked_in);
}

Result<std::optional<ParkedAlert>> FindingsStore::parked(const std::string& alert_id) {
    return ask(fmt::format("{} where s.alert=?1 and s.state='parked'", parked_of), alert_id)
        .first(parked_in);
}

Result<std::string> FindingsStore::became(const std::string& alert_id) {
    const auto state =
        ask("select state from settled where alert=?1", alert_id)
            .first([](const sql::Statement& row) { return std::string(row.text(0)); });
    if (!state) return fail(state.error());
    return state->value_or("");
}

Result<Counts> FindingsStore::counts(const std::string& since) {
    const auto counts =
        ask("select (select count(*) from findings where state not in "
            "('adjusted','written_off','closed')), (select count(*) from alerts where at>=?1 and "
            "not exists (select 1 from settled where alert=id)) + (select count(*) from settled "
            "where state='resent'), (select count(*) from settled where state='parked')",
            since)
            .first([](const sql::Statement& row) {
                return Counts{row.natural(0), row.natural(1), row.natural(2)};
            });
    if (!counts) return fail(counts.error());
    return counts->value_or(Counts());
}

Result<std::vector<Charged>> FindingsStore::charged(const Span& of) {
    return ask("select distinct account, item, hour from charges where hour between ?1 and ?2 "
               "order by hour, account, item",
               number_of(of.first), number_of(of.last))
        .all(charged_in);
}

Result<bool> FindingsStore::has_charge(const std::string& account, const std::string& item,
                                       Window hour) {
    return ask("select 1 from charges where hour=?1 and account=?2 and item=?3 limit 1",
               number_of(hour), account, item)
        .any();
}

Result<std::vector<Charged>> FindingsStore::unasked(const std::string& sink, const Span& of,
                                                    std::size_t limit) {
    return ask("select distinct account, item, hour from charges c where hour between ?1 and ?2 "
               "and item <> '' and not exists (select 1 from elsewhere where account=c.account and "
               "sink=?3 and item=c.item and "
               "hour=strftime('%Y-%m-%dT%H:00Z', c.hour*3600, 'unixepoch')) "
               "order by hour, account, item limit ?4",
               number_of(of.first), number_of(of.last), sink, limit)
        .all(charged_in);
}

Result<bool> FindingsStore::has_spoken(const std::string& account, const std::string& sink,
                                       const std::string& item, const std::string& window) {
    return ask("select 1 from elsewhere where account=?1 and sink=?2 and item=?3 and hour=?4",
               account, sink, item, window)
        .any();
}

Result<std::string> FindingsStore::elsewhere(const std::string& account, const std::string& sink,
                                             const std::string& item, const std::string& window) {
    const auto hour = parse_window(window);
    const auto word =
        ask("select payload from elsewhere where account=?1 and sink=?2 and item=?3 and hour=?4 "
            "and as_of>=coalesce((select delivered from hours where hour=?5),0)",
            account, sink, item, window, hour ? number_of(*hour) : 0)
            .first([](const sql::Statement& row) { return std::string(row.text(0)); });
    if (!word) return fail(word.error());
    return word->value_or("");
}

}  // namespace lifeline::findings
