#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contract/event.h"
#include "findings/finding.h"
#include "findings/run_id.h"
#include "journal/view_tables.h"

namespace lifeline::findings {

// One event that means something here, as it stands in the journal.
struct Happening {
    std::string stream;
    std::uint64_t position = 0;
    std::string at;
    contract::Event event;
};

// The tables.
class FindingsStore : public journal::ViewTables {
public:
    static Result<FindingsStore> open(const std::string& path, const journal::ViewSource& source);

    Status apply(const std::vector<Happening>& happenings, std::uint64_t cursor);

    Result<std::vector<Run>> runs(std::uint64_t before, std::size_t limit);
    Result<std::optional<Run>> run(const std::string& id);
    // The run that has come furthest, by the hour it ended with.
    Result<std::optional<Run>> furthest();
    // The last hour that is closed.
    Result<std::optional<Window>> closed();
    // Closed hours of these that no run has counted, or whose last run left something waiting, or
    // of which something was said since; in their order.
    Result<std::vector<DueHour>> due(const Span& of);
    // Up to which position of the journal this hour was counted; 0: it was not.
    Result<std::uint64_t> counted(Window hour);
    Result<std::vector<Finding>> list(const FindingQuery& query);
    // With its history.
    Result<std::optional<Finding>> find(const std::string& id);
    // All that are not closed, by their ids.
    Result<std::map<std::string, Finding>> standing();
    // Those nobody was told of, the oldest first; none that are older than `since`, but for those
    // that a person wants told again.
    Result<std::vector<Alert>> alerts(const std::string& since, std::size_t limit);
    // What became of it last: a state of billing.alert.settled; empty where nothing did yet.
    Result<std::string> became(const std::string& alert_id);
    // Those that nobody took, the oldest first, after a position.
    Result<std::vector<ParkedAlert>> parked(std::uint64_t after, std::size_t limit);
    Result<std::optional<ParkedAlert>> parked(const std::string& alert_id);
    // Of a finding, whatever became of it.
    Result<std::optional<Alert>> alert_of(const std::string& alert_id);
    Result<Counts> counts(const std::string& since);
    // Which accounts were charged for what in these hours.
    Result<std::vector<Charged>> charged(const Span& of);
    // Whether an account was charged for an item in this hour.
    Result<bool> has_charge(const std::string& account, const std::string& item, Window hour);
    // The oldest of these that a sink never said anything of.
    Result<std::vector<Charged>> unasked(const std::string& sink, const Span& of,
                                         std::size_t limit);
    // Whether a sink ever said anything of an item's hour.
    Result<bool> has_spoken(const std::string& account, const std::string& sink,
                            const std::string& item, const std::string& window);
    // The newest word of a sink on an item's hour; empty where there is none, and where something
    // was delivered since: then the same word says something new.
    Result<std::string> elsewhere(const std::string& account, const std::string& sink,
                                  const std::string& item, const std::string& window);

private:
    using ViewTables::ViewTables;
    Status take(const Happening& one);
    Status take_run(const Happening& one);
    Status take_hours(const Happening& one);
    Status take_charge(const Happening& one);
    Status take_delivery(const Happening& one);
    Status touch(std::string_view window, std::uint64_t position);
    Status touch_month_behind(Window hour, std::uint64_t position);
    Status take_mismatch(const Happening& one);
    Status take_changed(const Happening& one);
    Status take_alert(const Happening& one);
    Status take_elsewhere(const Happening& one);
    Status alert(const Happening& one, const std::string& finding, std::string_view kind,
                 State state, std::string_view payload);
    Result<std::optional<Finding>> one(const std::string& id);
};

}  // namespace lifeline::findings
