#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "sinks/adapter.h"
#include "sinks/circuit.h"
#include "sinks/delivery.h"
#include "sinks/rate.h"

namespace lifeline::sinks {

struct LaneOptions {
    RetryOptions retry = {};
    CircuitOptions circuit = {};
    Millis throttle = std::chrono::seconds(1);  // After a 429 that names no time.
};

// All that is on its way to one sink: which of it goes now, within the sink's rate, and what has
// ended and must be recorded. One charge that does not get on holds up no other; a sink that is
// down is left in peace. Pure but for its own state; the Publisher has the effects.
class Lane {
public:
    struct Entry {
        Charge charge;
        Delivery delivery;
    };
    struct Work {
        enum class Kind : std::uint8_t { send, ask };
        Kind kind = Kind::send;
        bool trial = false;  // To see whether the sink is back.
        std::vector<std::string> ids;
    };

    // The adapter and the chance outlive this.
    Lane(const Adapter& adapter, LaneOptions options, Random& random);

    // Open ones, dead letters, and those that were discarded, which may be there all the same. One
    // that is known already stays what it is.
    void add(Charge charge, Delivery delivery);

    // What is to be done now; it is under way from here on.
    std::vector<Work> take(WallTime now);
    void answered(const Work& work, const std::vector<Reply>& replies, WallTime now);
    // `known`: what the sink certainly has of the same account, item and hour.
    void told(const Work& work, const Found& found, std::int64_t known, WallTime now);
    // When to take again; nothing while only an answer can change anything.
    std::optional<WallTime> wake(WallTime now);

    // What has ended since the last time this was asked. Of each it must be said that it was
    // recorded; until then nothing else of its account and item is sent.
    std::vector<std::string> take_ended();
    void recorded(const std::string& id);

    // Nothing is sent until resume(): the sink wants nothing more, or what came of it could not be
    // written. What has ended and was not recorded is handed out again.
    void stop(std::string why);
    void resume();
    const std::string& stopped() const { return stopped_; }
    const Circuit& circuit() const { return circuit_; }

    // dead_letter_not_found for what is none.
    Status redrive(const std::string& id, WallTime now);
    Status discard(const std::string& id);

    const Entry* find(const std::string& id) const;
    const std::map<std::string, Entry>& entries() const { return entries_; }

private:
    std::string key_of(const Entry& entry) const;
    bool is_busy(const Entry& entry) const;
    void hold(const Entry& entry);
    void release(const Entry& entry);
    void settle(const std::string& id, Entry& entry);
    WallTime seen_after(const Entry& entry) const;
    void remember(const Entry& entry, WallTime now);
    void judge_sink(const std::vector<Reply>& replies, WallTime now);
    std::vector<std::int64_t> others_of(const std::string& id, const Entry& entry) const;
    bool place(const std::string& id, Entry& entry, std::vector<Work>& works, WallTime now);
    void reschedule(const std::string& id, Entry& entry, WallTime due);

    const Adapter& adapter_;
    LaneOptions options_;
    Random& random_;
    std::map<std::string, Entry> entries_;
    std::set<std::pair<WallTime, std::string>> due_;
    std::map<std::string, std::size_t> busy_;  // By account and item, where the sink asks for it.
    // When something of an account, item and hour was last sent: a sum is asked for only once all
    // of it can be seen.
    std::map<std::string, WallTime> sent_;
    std::vector<std::string> ended_;
    std::set<std::string> recording_;
    std::size_t in_flight_ = 0;
    Circuit circuit_;
    Rate rate_;
    WallTime paused_until_;
    std::string stopped_;
};

}  // namespace lifeline::sinks
