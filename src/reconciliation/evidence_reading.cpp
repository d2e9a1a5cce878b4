#include <algorithm>
#include <utility>

#include "contract/json.h"
#include "reconciliation/evidence_rows.h"
#include "reconciliation/evidence_store.h"

// What is of no single call, as of a position, read from the tables.
namespace lifeline::reconciliation {

namespace {

using contract::Json;

constexpr const char* assignments =
    "select position, stream, type, wall, payload from told where of_call=0 and "
    "type in ('billing.card.activated','billing.card.assigned','billing.meters.activated') "
    "and position<=?1 order by position";
constexpr const char* of_hours =
    "select position, stream, type, wall, payload from told where of_call=0 and "
    "type in ('billing.usage.recorded','billing.adjustment.created','billing.counted.elsewhere',"
    "'billing.window.closed') and hour between ?2 and ?3 and position<=?1 order by position";
constexpr const char* deliveries =
    "select d.position, d.stream, d.type, d.wall, d.payload from told e join told d "
    "on d.subject=e.subject and d.subject<>'' and d.of_call=0 where e.of_call=0 "
    "and e.type in ('billing.usage.recorded','billing.adjustment.created') "
    "and e.hour between ?2 and ?3 and e.position<=?1 and d.position<=?1 "
    "and d.type in ('billing.delivery.completed','billing.delivery.parked',"
    "'billing.delivery.redriven','billing.delivery.discarded') "
    "group by d.position order by d.position";

}  // namespace

Result<House> EvidenceStore::house(Window first, Window last, std::uint64_t up_to) {
    House house;
    const Window month = month_begin(first);
    const auto as_of =
        ask("select wall from told where of_call=0 and position<=? order by position desc limit 1",
            up_to)
            .first([](const sql::Statement& row) { return WallTime(Millis(row.integer(0))); });
    if (!as_of) return fail(as_of.error());
    house.as_of = as_of->value_or(house.as_of);
    const auto add = [&house](const sql::Statement& row) {
        const std::string_view type = row.text(2);
        const std::string_view payload = row.text(4);
        if (type == "billing.card.activated") {
            if (auto card = pricing::parse_card(payload)) house.cards.push_back(*std::move(card));
        } else if (const auto json = Json::parse(payload)) {
            add_event(house, row.natural(0), WallTime(Millis(row.integer(3))),
                      std::string(row.text(1)), type, *json);
        }
    };
    if (const auto done = ask(assignments, up_to).each(add); !done) return fail(done.error());
    for (const char* text : {of_hours, deliveries})
        if (const auto done = ask(text, up_to, number_of(month), number_of(last)).each(add); !done)
            return fail(done.error());
    if (const auto done = read_erased(house); !done) return fail(done.error());
    if (const auto done = read_firsts(house, month, last, up_to); !done) return fail(done.error());
    if (const auto done = read_ticks(house, month, up_to); !done) return fail(done.error());
    return house;
}

Status EvidenceStore::read_erased(House& house) {
    return ask("select session from erased").each([&](const sql::Statement& row) {
        house.erased.emplace(row.text(0));
    });
}

Status EvidenceStore::read_firsts(House& house, Window month, Window last, std::uint64_t up_to) {
    return ask("select t.position, t.subject, t.stream, t.hour, t.payload from twice w cross join "
               "told t indexed by told_of_subject on t.subject=w.subject and t.subject<>'' where "
               "t.of_call=0 and t.type='billing.usage.measured' and t.hour between ?2 and ?3 and "
               "t.position<=?1 order by t.subject, t.position",
               up_to, number_of(month), number_of(last))
        .each([&](const sql::Statement& row) {
            if (!house.firsts.empty() && house.firsts.back().id == row.text(1)) return;
            house.firsts.push_back(record_of({.position = row.natural(0),
                                              .id = row.text(1),
                                              .session = row.text(2),
                                              .window = Window(std::chrono::hours(row.integer(3))),
                                              .payload = row.text(4)}));
        });
}

// From the first call that is counted on.
Status EvidenceStore::read_ticks(House& house, Window month, std::uint64_t up_to) {
    const auto from = ask("select coalesce(min(position), ?1 + 1) from calls where position<=?1 "
                          "and (last>=?2 or over=0)",
                          up_to, heard_since(month))
                          .first([](const sql::Statement& row) { return row.natural(0); });
    if (!from) return fail(from.error());
    return ask("select position, wall, steady, payload, before_wall, before_steady from told where "
               "of_call=0 and type='system.tick' and position between ?1 and ?2 order by position",
               from->value_or(0), up_to)
        .each([&](const sql::Statement& row) {
            house.ticks.push_back({.position = row.natural(0),
                                   .type = "system.tick",
                                   .wall = WallTime(Millis(row.integer(1))),
                                   .steady = SteadyTime(Micros(row.integer(2))),
                                   .payload = std::string(row.text(3)),
                                   .before = std::pair(WallTime(Millis(row.integer(4))),
                                                       SteadyTime(Micros(row.integer(5))))});
        });
}

}  // namespace lifeline::reconciliation
