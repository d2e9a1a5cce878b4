#include <set>
#include <utility>

#include "contract/json.h"
#include "metering/call_usage_text.h"
#include "metering/metering_store.h"

namespace lifeline::metering {

namespace {

using Parts = std::vector<AccountUsage::Part>;

// Of columns meter, dims, hour and quantity.
Result<AccountUsage::Part> part_in(const sql::Statement& select) {
    AccountUsage::Part part{
        .meter = std::string(select.text(0)),
        .hour = Window(std::chrono::hours(select.integer(2))),
        .quantity = select.integer(3),
    };
    if (const std::string_view dims = select.text(1); !dims.empty()) {
        const auto json = contract::Json::parse(dims);
        if (!json) return fail(json.error());
        for (const auto& [name, value] : json->members())
            part.dims.emplace(name, value.as_text().value_or(""));
    }
    return part;
}

Status read_parts(sql::Query query, Parts& parts) {
    return query.each([&](const sql::Statement& row) -> Status {
        auto part = part_in(row);
        if (!part) return fail(part.error());
        parts.push_back(*std::move(part));
        return {};
    });
}

constexpr const char* of_call = R"(
select meter, json_extract(payload, '$.dims'), hour,
    cast(json_extract(payload, '$.quantity') as integer) from records where session=?1
union all select json_extract(json, '$.meter'), json_extract(json, '$.dims'), hour,
    cast(json_extract(json, '$.quantity') as integer) from due where session=?1)";

constexpr const char* of_account = R"(
select meter, dims, hour, quantity from used where account=?1 and hour>=?2
union all select json_extract(json, '$.meter'), json_extract(json, '$.dims'), hour,
    cast(json_extract(json, '$.quantity') as integer) from due
    where json_extract(json, '$.accountId')=?1 and hour>=?2)";

constexpr const char* behind = R"(
select meter, json_extract(payload, '$.dims'), hour,
    cast(json_extract(payload, '$.quantity') as integer), session from records
    where account=?1 and made>?2
union all select json_extract(json, '$.meter'), json_extract(json, '$.dims'), hour,
    cast(json_extract(json, '$.quantity') as integer), session from due
    where json_extract(json, '$.accountId')=?1 and made>?2
order by session)";

}  // namespace

// Those that something is open of, and those that are asked for.
Result<std::set<std::string>> MeteringStore::calls_of(const AccountQuery& query) {
    std::set<std::string> sessions(query.sessions.begin(), query.sessions.end());
    const auto read =
        ask("select session from calls where account=? and concerned=1", query.account_id)
            .each([&](const sql::Statement& row) { sessions.emplace(row.text(0)); });
    if (!read) return fail(read.error());
    return sessions;
}

Status MeteringStore::read_late(const AccountQuery& query, const std::set<std::string>& calls,
                                AccountUsage& usage) {
    if (!query.after) return {};
    return ask(behind, query.account_id, *query.after)
        .each([&](const sql::Statement& row) -> Status {
            const std::string session_id(row.text(4));
            if (calls.contains(session_id)) return {};
            auto part = part_in(row);
            if (!part) return fail(part.error());
            if (usage.late.empty() || usage.late.back().session_id != session_id)
                usage.late.push_back({.session_id = session_id, .over = true});
            usage.late.back().parts.push_back(*std::move(part));
            return {};
        });
}

Result<AccountUsage> MeteringStore::account_usage(const AccountQuery& query, const Moment& now) {
    AccountUsage usage;
    const auto cursor = view_.cursor();
    if (!cursor) return fail(cursor.error());
    usage.up_to = *cursor;
    const auto read_hours = read_parts(
        ask(of_account, query.account_id, query.from.time_since_epoch().count()), usage.hours);
    if (!read_hours) return fail(read_hours.error());

    const auto all = calls_of(query);
    if (!all) return fail(all.error());
    if (const auto late = read_late(query, *all, usage); !late) return fail(late.error());
    for (const std::string& session_id : *all) {
        const auto row =
            ask("select meters, state from calls where session=?", session_id)
                .first([](const sql::Statement& found) {
                    return std::pair(std::string(found.text(0)), std::string(found.text(1)));
                });
        if (!row) return fail(row.error());
        if (!*row || (*row)->second.empty()) continue;
        auto meters = meters_of((*row)->first);
        if (!meters) return fail(meters.error());
        const auto call = CallUsageText::read((*row)->second, *std::move(meters));
        if (!call) return fail(call.error());
        if (call->name().account_id != query.account_id) continue;
        AccountUsage::Call& one = usage.calls.emplace_back(AccountUsage::Call{
            .session_id = session_id, .running = call->running(), .over = call->over()});
        const auto read = read_parts(ask(of_call, session_id), one.parts);
        if (!read) return fail(read.error());
        for (const CallUsage::Open& part : call->open(now)) {
            one.parts.push_back({part.key.meter, part.key.dims, part.hour, part.quantity});
            usage.hours.push_back(one.parts.back());
        }
    }
    return usage;
}

}  // namespace lifeline::metering
