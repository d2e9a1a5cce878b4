#include <fmt/format.h>

#include <utility>

#include "outbox/columns.h"
#include "outbox/outbox_store.h"

// What is asked of deliveries.db.
namespace lifeline::outbox {

namespace {

Charge charge_from(const sql::Statement& row, int first) {
    return {.id = std::string(row.text(first)),
            .account_id = std::string(row.text(first + 1)),
            .type = std::string(row.text(first + 2)),
            .ts = std::string(row.text(first + 3)),
            .position = row.natural(first + 4),
            .payload_json = std::string(row.text(first + 5))};
}

Charge charge_in(const sql::Statement& row) {
    return charge_from(row, 0);
}

constexpr std::string_view letters_of =
    "select letter, sink, because, attempts, status, message, parked_at, parked, state, "
    "c.id, c.account, c.type, c.ts, c.position, c.payload from deliveries d "
    "join charges c on c.id=d.charge";

DeadLetter letter_in(const sql::Statement& row) {
    const std::uint64_t status = row.natural(4);
    return {.id = std::string(row.text(0)),
            .sink = std::string(row.text(1)),
            .charge = charge_from(row, 9),
            .because = std::string(row.text(2)),
            .attempts = row.natural(3),
            .status = status == 0 ? std::nullopt : std::optional<std::uint64_t>(status),
            .message = std::string(row.text(5)),
            .parked_at = std::string(row.text(6)),
            .position = row.natural(7),
            .discarded = row.text(8) == to_text(State::discarded)};
}

}  // namespace

Result<std::vector<Open>> OutboxStore::open(const OpenQuery& query) {
    return ask("select c.id, c.account, c.type, c.ts, c.position, c.payload, d.redriven_at from "
               "charges c left join deliveries d on d.charge=c.id and d.sink=?1 where "
               "c.position>?2 and c.hour>=?3 and (d.state is null or d.state='waiting') "
               "order by c.position limit ?4",
               query.sink, query.after, query.from ? number_of(*query.from) : INT64_MIN,
               query.limit)
        .all([](const sql::Statement& row) {
            return Open{.charge = charge_in(row), .redriven_at = std::string(row.text(6))};
        });
}

Result<std::vector<DeadLetter>> OutboxStore::dead_letters(const DeadLetterQuery& query) {
    return ask(fmt::format("{} where d.state='parked' and d.parked>?1 and (?2='' or d.sink=?2) and "
                           "(?3='' or c.account=?3) and (?4='' or d.because=?4) "
                           "order by d.parked limit ?5",
                           letters_of),
               query.after, query.sink, query.account_id, query.because, query.limit)
        .all(letter_in);
}

Result<std::optional<DeadLetter>> OutboxStore::dead_letter(const std::string& id) {
    return ask(fmt::format("{} where d.state='parked' and d.letter=?1", letters_of), id)
        .first(letter_in);
}

Result<std::vector<DeadLetter>> OutboxStore::doubtful(const std::string& sink, Window from,
                                                      std::size_t limit) {
    return ask(fmt::format("{} where d.state in ('parked','discarded') and d.sink=?1 and "
                           "d.hour>=?2 order by d.hour desc limit ?3",
                           letters_of),
               sink, number_of(from), limit)
        .all(letter_in);
}

Result<Counts> OutboxStore::counts(const std::string& sink, std::optional<Window> from) {
    const std::int64_t first = from ? number_of(*from) : INT64_MIN;
    const auto sums =
        ask("select coalesce(sum(delivered),0), coalesce(sum(parked),0), "
            "coalesce(sum(discarded),0), "
            "coalesce(sum(case when hour>=?2 then delivered+parked+discarded else 0 end),0), "
            "(select coalesce(sum(booked),0) from hours where hour>=?2) from settled where sink=?1",
            sink, first)
            .first([](const sql::Statement& row) {
                return Counts{.waiting = row.natural(4) - row.natural(3),
                              .delivered = row.natural(0),
                              .parked = row.natural(1),
                              .discarded = row.natural(2)};
            });
    if (!sums) return fail(sums.error());
    Counts counts = sums->value_or(Counts());
    if (counts.waiting == 0) return counts;
    const auto oldest =
        ask("select c.ts from hours h join charges c on c.hour=h.hour left join deliveries d on "
            "d.charge=c.id and d.sink=?1 where h.hour>=?2 and h.booked>coalesce((select "
            "delivered+parked+discarded from settled where sink=?1 and hour=h.hour),0) and "
            "(d.state is null or d.state='waiting') order by h.hour, c.position limit 1",
            sink, first)
            .first([](const sql::Statement& row) { return std::string(row.text(0)); });
    if (!oldest) return fail(oldest.error());
    counts.oldest = oldest->value_or("");
    return counts;
}

Result<std::int64_t> OutboxStore::delivered(const std::string& sink, const std::string& account,
                                            const std::string& item, Window window) {
    std::int64_t sum = 0;
    const auto read =
        ask("select c.quantity from charges c join deliveries d on d.charge=c.id where d.sink=?1 "
            "and d.state='delivered' and c.account=?2 and c.item=?3 and c.hour=?4",
            sink, account, item, number_of(window))
            .each([&](const sql::Statement& row) -> Status {
                if (__builtin_add_overflow(sum, row.integer(0), &sum))
                    return fail(Code::corrupt, "journal_corrupt", "a sum beyond 64 bits");
                return {};
            });
    if (!read) return fail(read.error());
    return sum;
}

Result<std::vector<Charge>> OutboxStore::charges(const std::string& account,
                                                 const std::string& item, Window window) {
    return ask("select id, account, type, ts, position, payload from charges where account=?1 and "
               "item=?2 and hour=?3 order by position",
               account, item, number_of(window))
        .all(charge_in);
}

Result<std::vector<Delivery>> OutboxStore::deliveries_of(const std::string& charge_id) {
    return ask("select sink, state, attempts, letter from deliveries where charge=?1 order by sink",
               charge_id)
        .all([](const sql::Statement& row) {
            const State state = state_of(row.text(1));
            return Delivery{.sink = std::string(row.text(0)),
                            .state = state,
                            .attempts = row.natural(2),
                            .dead_letter_id =
                                state == State::parked ? std::string(row.text(3)) : std::string()};
        });
}

Result<std::optional<Charge>> OutboxStore::charge(const std::string& id) {
    return ask("select id, account, type, ts, position, payload from charges where id=?1", id)
        .first(charge_in);
}

}  // namespace lifeline::outbox
