#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/window.h"
#include "journal/view_tables.h"
#include "metering/account_usage.h"
#include "metering/call_usage.h"
#include "metering/happening.h"
#include "metering/usage_query.h"

namespace lifeline::metering {

// A record that is to be signed and written into its call.
struct DueRecord {
    std::string id;
    std::string session_id;
    std::string json;  // Canonical, without keyId and signature.

    friend bool operator==(const DueRecord&, const DueRecord&) = default;
};

// How far metering has come, for whoever closes hours and ticks.
struct Standing {
    std::uint64_t running = 0;          // Calls whose time is being measured.
    std::uint64_t due = 0;              // Records that are not written yet.
    std::optional<Window> oldest_due;   // The earliest hour of them.
    std::optional<Window> begun;        // The first hour that is measured at all.
    std::optional<Window> closed;       // The last that is closed.
    std::optional<Window> ticked;       // The last that is known to have begun.
    std::optional<std::string> meters;  // Digest of the last meters that were activated.
};

// The tables.
class MeteringStore : public journal::ViewTables {
public:
    static Result<MeteringStore> open(const std::string& path, const journal::ViewSource& source);

    // `last` is when the chunk's last event was recorded, whether it means anything or not.
    Status apply(std::vector<Happening> happenings, const Moment& last, std::uint64_t cursor);

    // Those that can never be written as they are: no hour waits for them, and they are due no
    // more. Until the store is opened anew, which tries again.
    Result<std::uint64_t> set_aside(const std::vector<std::string>& records);
    // In the order in which they became due.
    Result<std::vector<DueRecord>> due(std::size_t limit);
    Result<Standing> standing();
    Result<std::uint64_t> due_of(std::string_view session_id);
    // What running calls used so far, for showing.
    Result<std::vector<LiveUsage>> live(const Moment& now, std::size_t limit);
    // What an account used by now: by hour, by each of its calls that go on, or are named, and what
    // came late.
    Result<AccountUsage> account_usage(const AccountQuery& query, const Moment& now);
    Result<std::vector<UsageRow>> usage(const UsageQuery& query);

private:
    using ViewTables::ViewTables;

    // What is folded of the chunk's calls, written at its end.
    struct Chunk;
    Status take(Chunk& chunk, Happening& one);
    Status take_tick(Chunk& chunk, const Happening& one);
    Status take_recorded(Chunk& chunk, const Happening& one);
    Result<std::uint64_t> no_longer_due(Chunk& chunk, const Happening& one);
    Status take_erased(Chunk& chunk, const Happening& one);
    Status take_meters(const Happening& one);
    Status take_created(Chunk& chunk, const Happening& one);
    Result<std::set<std::string>> calls_of(const AccountQuery& query);
    Status read_late(const AccountQuery& query, const std::set<std::string>& calls,
                     AccountUsage& usage);
    Result<CallUsage*> call(Chunk& chunk, const std::string& session_id);
    Result<std::optional<CallUsage>> read_call(const std::string& session_id);
    void keep_warm(Chunk& chunk);
    Status bring_report(CallUsage& usage, const contract::Event& event);
    Status write_reports(CallUsage& usage);
    Result<std::vector<std::string>> concerned();
    Result<std::shared_ptr<const Meters>> meters_at(Window hour);
    Result<std::shared_ptr<const Meters>> meters_of(const std::string& sha256);
    void keep_due(Chunk& chunk, const std::string& session_id, std::vector<UsageRecord> due,
                  std::uint64_t position);
    Status write(Chunk& chunk);
    Status write_due(const Chunk& chunk);
    Status write_used(const Chunk& chunk);
    Result<std::optional<Moment>> last_moment();
    Status pass_over(Standing& standing);
    Status set(std::string_view name, std::int64_t value);
    Result<std::optional<std::int64_t>> get(std::string_view name);

    std::map<std::string, std::shared_ptr<const Meters>, std::less<>> meters_;  // By digest.
    // As they stand in `calls`: those that were folded last are most likely the next to go on, and
    // reading one costs more than most events.
    std::map<std::string, CallUsage> warm_;
    std::set<std::string, std::less<>> aside_;
};

}  // namespace lifeline::metering
