#include <utility>

#include "contract/json.h"
#include "metering/call_usage_text.h"
#include "metering/metering_store.h"

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
    auto insert = view_.database().prepare("insert or replace into facts values(?,?)");
    if (!insert) return fail(insert.error());
    return insert->bind_text(1, name).bind(2, value).run();
}

Result<std::optional<std::int64_t>> MeteringStore::get(std::string_view name) {
    auto select = view_.database().prepare("select value from facts where name=?");
    if (!select) return fail(select.error());
    const auto row = select->bind_text(1, name).step();
    if (!row) return fail(row.error());
    if (!*row) return std::nullopt;
    return std::optional(select->integer(0));
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
    auto select =
        view_.database().prepare("select session from calls where concerned=1 order by session");
    if (!select) return fail(select.error());
    std::vector<std::string> sessions;
    for (;;) {
        const auto more = select->step();
        if (!more) return fail(more.error());
        if (!*more) return sessions;
        sessions.emplace_back(select->text(0));
    }
}

// Those activated last for this hour; before there were any, nothing is measured.
Result<std::shared_ptr<const Meters>> MeteringStore::meters_at(Window hour) {
    auto select = view_.database().prepare(
        "select sha256 from meters where first_hour<=? order by position desc limit 1");
    if (!select) return fail(select.error());
    const auto row = select->bind(1, number_of(hour)).step();
    if (!row) return fail(row.error());
    if (!*row) return nullptr;
    return meters_of(std::string(select->text(0)));
}

Result<std::shared_ptr<const Meters>> MeteringStore::meters_of(const std::string& sha256) {
    if (const auto known = meters_.find(sha256); known != meters_.end()) return known->second;
    auto select = view_.database().prepare("select json from meters where sha256=? limit 1");
    if (!select) return fail(select.error());
    const auto row = select->bind_text(1, sha256).step();
    if (!row) return fail(row.error());
    const auto json = contract::Json::parse(*row ? select->text(0) : "[]");
    if (!json) return fail(json.error());
    auto meters = Meters::parse(*json);
    if (!meters) return fail(meters.error());
    return meters_[sha256] = std::make_shared<const Meters>(*std::move(meters));
}

Result<std::vector<DueRecord>> MeteringStore::due(std::size_t limit) {
    auto select = view_.database().prepare(
        "select record, session, json from due order by made, part limit ?");
    if (!select) return fail(select.error());
    select->bind(1, static_cast<std::int64_t>(limit));
    std::vector<DueRecord> found;
    for (;;) {
        const auto more = select->step();
        if (!more) return fail(more.error());
        if (!*more) return found;
        found.push_back({std::string(select->text(0)), std::string(select->text(1)),
                         std::string(select->text(2))});
    }
}

Result<std::uint64_t> MeteringStore::due_of(std::string_view session_id) {
    auto select = view_.database().prepare("select count(*) from due where session=?");
    if (!select) return fail(select.error());
    const auto row = select->bind_text(1, session_id).step();
    if (!row) return fail(row.error());
    return select->natural(0);
}

Result<Standing> MeteringStore::standing() {
    Standing standing;
    auto select = view_.database().prepare(
        "select (select count(*) from calls where running=1), (select count(*) from due), "
        "(select min(hour) from due), (select min(first_hour) from meters), "
        "(select sha256 from meters order by position desc limit 1)");
    if (!select) return fail(select.error());
    const auto row = select->step();
    if (!row) return fail(row.error());
    standing.running = select->natural(0);
    standing.due = select->natural(1);
    if (standing.due > 0) standing.oldest_due = hour_of_number(select->integer(2));
    if (!select->text(4).empty()) {
        standing.begun = hour_of_number(select->integer(3));
        standing.meters = std::string(select->text(4));
    }
    const auto closed = get("closed");
    const auto ticked = get("ticked");
    if (!closed) return fail(closed.error());
    if (!ticked) return fail(ticked.error());
    standing.closed = hour_of_number(*closed);
    standing.ticked = hour_of_number(*ticked);
    return standing;
}

Result<std::vector<LiveUsage>> MeteringStore::live(const Moment& now, std::size_t limit) {
    auto select = view_.database().prepare(
        "select session, meters, state from calls where running=1 order by session limit ?");
    if (!select) return fail(select.error());
    select->bind(1, static_cast<std::int64_t>(limit));
    std::vector<LiveUsage> found;
    for (;;) {
        const auto more = select->step();
        if (!more) return fail(more.error());
        if (!*more) return found;
        const auto usage = CallUsageText::read(select->text(2), nullptr);
        if (!usage) return fail(usage.error());
        found.push_back({usage->name().session_id, usage->duration_ms(now)});
    }
}

Result<std::vector<UsageRow>> MeteringStore::usage(const UsageQuery& query) {
    // The record after which to go on stands in its hour.
    std::string text =
        "select record, session, account, seq, position, hour, payload from records where "
        "(hour, record) > (coalesce((select hour from records where record=?1), -1), ?1)";
    if (!query.account_id.empty()) text += " and account=?2";
    if (!query.session_id.empty()) text += " and session=?3";
    if (!query.meter.empty()) text += " and meter=?4";
    if (query.from) text += " and hour>=?5";
    if (query.to) text += " and hour<?6";
    text += " and ?2=?2 and ?3=?3 and ?4=?4 and ?5=?5 and ?6=?6 order by hour, record limit ?7";
    auto select = view_.database().prepare(text);
    if (!select) return fail(select.error());
    select->bind_text(1, query.after)
        .bind_text(2, query.account_id)
        .bind_text(3, query.session_id)
        .bind_text(4, query.meter)
        .bind(5, number_of(query.from.value_or(Window())))
        .bind(6, number_of(query.to.value_or(Window())))
        .bind(7, static_cast<std::int64_t>(query.limit));
    std::vector<UsageRow> rows;
    for (;;) {
        const auto more = select->step();
        if (!more) return fail(more.error());
        if (!*more) return rows;
        rows.push_back({.record_id = std::string(select->text(0)),
                        .session_id = std::string(select->text(1)),
                        .account_id = std::string(select->text(2)),
                        .seq = select->natural(3),
                        .position = select->natural(4),
                        .hour = Window(std::chrono::hours(select->integer(5))),
                        .payload_json = std::string(select->text(6))});
    }
}

}  // namespace lifeline::metering
