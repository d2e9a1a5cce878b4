#include <utility>

#include "contract/json.h"
#include "metering/call_usage_text.h"
#include "metering/metering_store.h"
#include "metering/record_hash.h"

namespace lifeline::metering {

namespace {

std::optional<Window> hour_of_number(const std::optional<std::int64_t>& hours) {
    if (!hours) return std::nullopt;
    return Window(std::chrono::hours(*hours));
}

std::int64_t number_of(Window hour) {
    return hour.time_since_epoch().count();
}

}  // namespace

Status MeteringStore::set(std::string_view name, std::int64_t value) {
    return put("insert or replace into facts values(?,?)", name, value);
}

Result<std::optional<std::int64_t>> MeteringStore::get(std::string_view name) {
    return ask("select value from facts where name=?", name).first([](const sql::Statement& row) {
        return row.integer(0);
    });
}

Result<std::optional<Moment>> MeteringStore::last_moment() {
    const auto wall = get("last_wall");
    if (!wall) return fail(wall.error());
    const auto steady = get("last_steady");
    if (!steady) return fail(steady.error());
    if (!*wall || !*steady) return std::nullopt;
    return std::optional(Moment{WallTime(Millis(**wall)), SteadyTime(Micros(**steady))});
}

Result<std::vector<std::string>> MeteringStore::concerned() {
    return ask("select session from calls where concerned=1 order by session")
        .all([](const sql::Statement& row) { return std::string(row.text(0)); });
}

// Those activated last for this hour; before there were any, nothing is measured.
Result<std::shared_ptr<const Meters>> MeteringStore::meters_at(Window hour) {
    const auto sha256 =
        ask("select sha256 from meters where first_hour<=? "
            "order by position desc limit 1",
            number_of(hour))
            .first([](const sql::Statement& row) { return std::string(row.text(0)); });
    if (!sha256) return fail(sha256.error());
    if (!*sha256) return nullptr;
    return meters_of(**sha256);
}

Result<std::shared_ptr<const Meters>> MeteringStore::meters_of(const std::string& sha256) {
    if (const auto known = meters_.find(sha256); known != meters_.end()) return known->second;
    const auto text =
        ask("select json from meters where sha256=? limit 1", sha256)
            .first([](const sql::Statement& row) { return std::string(row.text(0)); });
    if (!text) return fail(text.error());
    const auto json = contract::Json::parse(text->value_or("[]"));
    if (!json) return fail(json.error());
    auto meters = Meters::parse(*json);
    if (!meters) return fail(meters.error());
    return meters_[sha256] = std::make_shared<const Meters>(*std::move(meters));
}

Result<std::vector<DueRecord>> MeteringStore::due(std::size_t limit) {
    std::vector<DueRecord> found;
    const auto read = ask("select record, session, json from due order by made, part limit ?",
                          limit + aside_.size())
                          .each([&](const sql::Statement& row) {
                              if (found.size() == limit || aside_.contains(row.text(0))) return;
                              found.push_back({std::string(row.text(0)), std::string(row.text(1)),
                                               std::string(row.text(2))});
                          });
    if (!read) return fail(read.error());
    return found;
}

Result<std::uint64_t> MeteringStore::set_aside(const std::vector<std::string>& records) {
    aside_.insert(records.begin(), records.end());
    return aside_.size();
}

Status MeteringStore::pass_over(Standing& standing) {
    standing.due = 0;
    standing.oldest_due.reset();
    return ask("select record, hour from due order by hour").each([&](const sql::Statement& row) {
        if (aside_.contains(row.text(0))) return;
        ++standing.due;
        if (!standing.oldest_due) standing.oldest_due = hour_of_number(row.integer(1));
    });
}

Result<std::uint64_t> MeteringStore::due_of(std::string_view session_id) {
    std::uint64_t due = 0;
    const auto read = ask("select record from due where session=?", session_id)
                          .each([&](const sql::Statement& row) {
                              if (!aside_.contains(row.text(0))) ++due;
                          });
    if (!read) return fail(read.error());
    return due;
}

Result<Standing> MeteringStore::standing() {
    Standing standing;
    const auto counted = ask("select (select count(*) from calls where running=1), "
                             "(select count(*) from due), (select min(hour) from due), "
                             "(select min(first_hour) from meters), "
                             "(select sha256 from meters order by position desc limit 1)")
                             .each([&](const sql::Statement& row) {
                                 standing.running = row.natural(0);
                                 standing.due = row.natural(1);
                                 if (standing.due > 0)
                                     standing.oldest_due = hour_of_number(row.integer(2));
                                 if (row.text(4).empty()) return;
                                 standing.begun = hour_of_number(row.integer(3));
                                 standing.meters = std::string(row.text(4));
                             });
    if (!counted) return fail(counted.error());
    if (!aside_.empty())
        if (const auto passed = pass_over(standing); !passed) return fail(passed.error());
    const auto closed = get("closed");
    const auto ticked = get("ticked");
    if (!closed) return fail(closed.error());
    if (!ticked) return fail(ticked.error());
    standing.closed = hour_of_number(*closed);
    standing.ticked = hour_of_number(*ticked);
    return standing;
}

Result<std::vector<LiveUsage>> MeteringStore::live(const Moment& now, std::size_t limit) {
    std::vector<LiveUsage> found;
    const auto read =
        ask("select meters, state from calls where running=1 "
            "order by session limit ?",
            limit)
            .each([&](const sql::Statement& row) -> Status {
                auto meters = meters_of(std::string(row.text(0)));
                if (!meters) return fail(meters.error());
                const auto usage = CallUsageText::read(row.text(1), *std::move(meters));
                if (!usage) return fail(usage.error());
                found.push_back(
                    {usage->name().session_id, usage->duration_ms(now), ticks_of(*usage, now)});
                return {};
            });
    if (!read) return fail(read.error());
    return found;
}

Result<std::vector<UsageRow>> MeteringStore::usage(const UsageQuery& query) {
    // The record after which to go on stands in its hour.
    std::string text =
        "select record, session, account, seq, position, hour, payload from records where "
        "(hour, position) > (coalesce((select hour from records where hash=?8 and record=?1), -1), "
        "coalesce((select position from records where hash=?8 and record=?1), 0))";
    if (!query.account_id.empty()) text += " and account=?2";
    if (!query.session_id.empty()) text += " and session=?3";
    if (!query.meter.empty()) text += " and meter=?4";
    if (query.from) text += " and hour>=?5";
    if (query.to) text += " and hour<?6";
    text += " and ?2=?2 and ?3=?3 and ?4=?4 and ?5=?5 and ?6=?6 order by hour, position limit ?7";
    return sql::Query(view_.database().prepare(text), query.after, query.account_id,
                      query.session_id, query.meter, number_of(query.from.value_or(Window())),
                      number_of(query.to.value_or(Window())), query.limit, hash_of(query.after))
        .all([](const sql::Statement& row) {
            return UsageRow{.record_id = std::string(row.text(0)),
                            .session_id = std::string(row.text(1)),
                            .account_id = std::string(row.text(2)),
                            .seq = row.natural(3),
                            .position = row.natural(4),
                            .hour = Window(std::chrono::hours(row.integer(5))),
                            .payload_json = std::string(row.text(6))};
        });
}

}  // namespace lifeline::metering
