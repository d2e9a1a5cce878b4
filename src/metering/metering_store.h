#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/window.h"
#include "journal/view_file.h"
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

// The tables. Blocks; used by one thread at a time.
class MeteringStore {
public:
    static Result<MeteringStore> open(const std::string& path, const journal::ViewSource& source);

    Result<std::uint64_t> cursor() { return view_.cursor(); }
    Status settle(journal::Settle how) { return view_.settle(how); }
    // `last` is when the chunk's last event was recorded, whether it means anything or not.
    Status apply(std::vector<Happening> happenings, const Moment& last, std::uint64_t cursor);

    // In the order in which they became due.
    Result<std::vector<DueRecord>> due(std::size_t limit);
    Result<Standing> standing();
    Result<std::uint64_t> due_of(std::string_view session_id);
    // What a running call's time is, for showing.
    Result<std::vector<LiveUsage>> live(const Moment& now, std::size_t limit);
    Result<std::vector<UsageRow>> usage(const UsageQuery& query);

private:
    explicit MeteringStore(journal::ViewFile view) : view_(std::move(view)) {}

    // What is folded of the chunk's calls, written at its end.
    struct Chunk;
    Status take(Chunk& chunk, Happening& one);
    Status take_tick(Chunk& chunk, const Happening& one);
    Status take_recorded(const Happening& one);
    Status take_erased(Chunk& chunk, const Happening& one);
    Status take_created(Chunk& chunk, const Happening& one);
    Result<CallUsage*> call(Chunk& chunk, const std::string& session_id);
    Result<std::vector<std::string>> concerned();
    Result<std::shared_ptr<const Meters>> meters_at(Window hour);
    Result<std::shared_ptr<const Meters>> meters_of(const std::string& sha256);
    Status keep_due(const CallUsage& call, const std::vector<UsageRecord>& due,
                    std::uint64_t position);
    Status write(Chunk& chunk);
    Result<std::optional<Moment>> last_moment();
    Status set(std::string_view name, std::int64_t value);
    Result<std::optional<std::int64_t>> get(std::string_view name);

    journal::ViewFile view_;
    std::map<std::string, std::shared_ptr<const Meters>, std::less<>> meters_;  // By digest.
};

}  // namespace lifeline::metering
