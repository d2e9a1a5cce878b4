#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "contract/json.h"
#include "journal/view_tables.h"
#include "reconciliation/history.h"

namespace lifeline::reconciliation {

// An event that a run may need, as it stands in the journal.
struct Told {
    std::string stream;
    RawEvent event;
};

// The tables: events as they were told, each with its position, so that a run of any position
// finds what there was. Blocks; used by one thread at a time.
class EvidenceStore : public journal::ViewTables {
public:
    static Result<EvidenceStore> open(const std::string& path, const journal::ViewSource& source);

    // `last` is the last event before the cursor, whatever it says.
    Status apply(const std::vector<Told>& told, std::pair<WallTime, SteadyTime> last,
                 std::uint64_t cursor);

    // All that says something of these hours and of their months, up to the position: first what
    // is of no single call, then call after call, in the order of their names, each with its events
    // from its begin (null: there are none any more) and its records of these months.
    Result<House> house(Window first, Window last, std::uint64_t up_to);
    using EachCall = std::function<void(const RawCall* call, std::span<const Record> records)>;
    Status each_call(Window first, Window last, std::uint64_t up_to, const EachCall& take);

private:
    using ViewTables::ViewTables;
    Status take(const Told& told);
    Status take_of_call(const Told& told);
    Status forget(const std::string& session);
    Status take_record(const Told& told, const contract::Json& json);
    Status keep(const Told& told, bool of_call, std::int64_t hour, std::string_view subject);
    Status keep_if_twice(std::string_view record_id);
    Result<std::optional<std::int64_t>> fact(std::string_view name);
    Status set_fact(std::string_view name, std::int64_t value);
    Status read_erased(House& house);
    Status read_firsts(House& house, Window month, Window last, std::uint64_t up_to);
    Status read_ticks(House& house, Window month, std::uint64_t up_to);
    Status read_events(RawCall& call, std::uint64_t up_to);
    Status read_records(const std::string& session, Window month, Window last, std::uint64_t up_to,
                        std::vector<Record>& records);
};

}  // namespace lifeline::reconciliation
