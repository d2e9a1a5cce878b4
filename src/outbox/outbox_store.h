#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contract/event.h"
#include "journal/view_tables.h"
#include "outbox/delivery.h"

namespace lifeline::outbox {

// One event that means something here, as it stands in the journal.
struct Happening {
    std::string stream;
    std::uint64_t position = 0;
    contract::Event event;
};

// The tables.
class OutboxStore : public journal::ViewTables {
public:
    static Result<OutboxStore> open(const std::string& path, const journal::ViewSource& source);

    Status apply(const std::vector<Happening>& happenings, std::uint64_t cursor);

    // In the order in which they were booked.
    Result<std::vector<Open>> open(const OpenQuery& query);
    // Those that wait for a person, in the order in which they were parked.
    Result<std::vector<DeadLetter>> dead_letters(const DeadLetterQuery& query);
    Result<std::optional<DeadLetter>> dead_letter(const std::string& id);
    // Of hours from this one on: what waits for a person or was given up, and may be there.
    Result<std::vector<DeadLetter>> doubtful(const std::string& sink, Window from,
                                             std::size_t limit);
    Result<Counts> counts(const std::string& sink, std::optional<Window> from);
    // The quantities that the sink has, of this account's item in this hour.
    Result<std::int64_t> delivered(const std::string& sink, const std::string& account,
                                   const std::string& item, Window window);
    // All that was booked of it, whatever became of it.
    Result<std::vector<Charge>> charges(const std::string& account, const std::string& item,
                                        Window window);
    // At each sink that anything is known of; the charge itself is empty where there is none.
    Result<std::vector<Delivery>> deliveries_of(const std::string& charge_id);
    Result<std::optional<Charge>> charge(const std::string& id);

private:
    using ViewTables::ViewTables;
    Status take(const Happening& one);
    Status take_charge(const Happening& one);
    Status take_delivery(const Happening& one);
    Status count(const std::string& sink, std::int64_t hour, State was, State is);
};

}  // namespace lifeline::outbox
