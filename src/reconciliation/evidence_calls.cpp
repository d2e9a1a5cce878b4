#include <utility>

#include "reconciliation/evidence_rows.h"
#include "reconciliation/evidence_store.h"

// Call after call, as of a position.
namespace lifeline::reconciliation {

namespace {

// Calls that go on at once lie on the same pages: while they are read those are kept at hand.
constexpr const char* many_pages = "pragma cache_size=-32768";
constexpr const char* few_pages = "pragma cache_size=-2000; pragma shrink_memory";

// Those that said anything in these months, or still go on, and those that have records of them.
constexpr const char* calls =
    "select s.session, c.account, c.created from (select session from calls where position<=?1 "
    "and (last>=?2 or over=0) union select session from metered where hour between ?3 and ?4) s "
    "left join calls c on c.session=s.session and c.position<=?1 and (c.last>=?2 or c.over=0) "
    "order by s.session";

}  // namespace

// Each from its begin, since what is rounded is the whole.
Status EvidenceStore::each_call(Window first, Window last, std::uint64_t up_to,
                                const EachCall& take) {
    const Window month = month_begin(first);
    auto& database = view_.database();
    if (const auto done = database.run(many_pages); !done) return done;
    // One after the other, in the room that the one before had.
    RawCall call;
    std::vector<Record> records;
    const auto take_one = [&](const sql::Statement& row) -> Status {
        call.session = row.text(0);
        call.account = row.text(1);
        call.created = WallTime(Millis(row.integer(2)));
        const bool known = !call.account.empty();
        if (known)
            if (const auto read = read_events(call, up_to); !read) return read;
        if (const auto read = read_records(call.session, month, last, up_to, records); !read)
            return read;
        take(known ? &call : nullptr, records);
        return {};
    };
    const auto read =
        ask(calls, up_to, heard_since(month), number_of(month), number_of(last)).each(take_one);
    if (!read) return read;
    return database.run(few_pages);
}

Status EvidenceStore::read_events(RawCall& call, std::uint64_t up_to) {
    call.events.clear();
    return ask("select position, type, wall, steady, payload from told indexed by told_of_call "
               "where of_call=1 and stream=?1 and position<=?2 order by position",
               call.session, up_to)
        .each([&](const sql::Statement& row) {
            call.events.push_back({.position = row.natural(0),
                                   .type = std::string(row.text(1)),
                                   .wall = WallTime(Millis(row.integer(2))),
                                   .steady = SteadyTime(Micros(row.integer(3))),
                                   .payload = std::string(row.text(4))});
        });
}

Status EvidenceStore::read_records(const std::string& session, Window month, Window last,
                                   std::uint64_t up_to, std::vector<Record>& records) {
    records.clear();
    return ask("select position, subject, hour, payload from told indexed by told_of_records "
               "where of_call=0 and type='billing.usage.measured' and stream=?1 and position<=?2 "
               "and hour between ?3 and ?4 order by position",
               session, up_to, number_of(month), number_of(last))
        .each([&](const sql::Statement& row) {
            records.push_back(record_of({.position = row.natural(0),
                                         .id = row.text(1),
                                         .session = session,
                                         .window = Window(std::chrono::hours(row.integer(2))),
                                         .payload = row.text(3)}));
        });
}

}  // namespace lifeline::reconciliation
