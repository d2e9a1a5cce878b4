#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contract/event.h"
#include "metering/meters.h"
#include "metering/tally.h"
#include "metering/usage_record.h"

namespace lifeline::metering {

// When something was recorded: for people, and for measuring.
struct Moment {
    WallTime wall;
    SteadyTime steady;

    friend bool operator==(const Moment&, const Moment&) = default;
};

// What one call used, folded from its own events and the server's ticks; nothing else counts, no
// clock and nobody's `ts`. The same events give the same records, whenever they are read.
//
// Time runs while the call is connected, within one run of the server: from the end of a run to the
// begin of the next nobody is charged for anything.
class CallUsage {
public:
    CallUsage(CallName name, std::shared_ptr<const Meters> meters);

    // An event of the call; what it makes due is added to `due`.
    void take(const contract::Event& event, const Witness& witness, const Moment& at,
              std::vector<UsageRecord>& due);

    // The server began anew; the one before was last known to live at `last`.
    void run_began(const Moment& last, const Moment& now, std::vector<UsageRecord>& due);
    // The server's clock, in an hour of which nothing was heard yet.
    void hour_began(const Moment& now, std::vector<UsageRecord>& due);
    void run_stops(const Moment& now, std::vector<UsageRecord>& due);

    // Its time is being measured.
    bool running() const { return running_.has_value(); }
    bool over() const { return over_; }
    // What an hour's begin or a run's may change.
    bool concerned() const;
    // Measured so far, in milliseconds: for showing.
    std::int64_t duration_ms(const Moment& now) const;

    // What no record is due of yet, as it would be charged.
    struct Open {
        UsageKey key;
        Window hour;
        std::int64_t quantity = 0;
    };
    std::vector<Open> open(const Moment& now) const;

    // What was used so far, recorded or not yet, as measured: for showing. Nothing of what came to
    // nothing, or is not known.
    struct SoFar {
        UsageKey key;
        std::int64_t quantity = 0;
    };
    std::vector<SoFar> so_far(const Moment& now) const;

    const CallName& name() const { return name_; }
    const Meters& meters() const { return *meters_; }

private:
    friend struct CallUsageText;
    struct Action {
        std::string type;
        bool started = false;
        Evidence evidence = {};
        std::string unknown = {};  // The record of an outcome that nobody knows.
    };
    struct Reported {
        UsageKey key;
        std::optional<std::int64_t> quantity;
        std::string record_id;  // Which record it is part of.
        Window hour;
    };
    using Due = std::vector<UsageRecord>;

    void run(const Moment& at, const Witness* opening, Due& due);
    void stop(const Moment& at, std::string_view cause, Due& due);
    void add_time(Moment from, const Moment& to, Due& due);
    void end(const Moment& at, const Witness& witness, Due& due);

    // What one fact adds, and to which hour.
    struct Fact {
        std::string id;
        Portion portion;
        Window hour;
        Evidence evidence = {};
        std::string action_id = {};
        std::string report_id = {};
        std::string corrects = {};
    };
    // To its hour, if that goes on here, whose record has no id yet; else as a record of its own,
    // whose id is returned.
    std::string add(const UsageKey& key, const Fact& fact, const Witness& witness, const Moment& at,
                    Due& due);
    std::string id_of_open(const UsageKey& key);
    // Whether its tally may have so much more.
    bool holds(const UsageKey& key, std::int64_t more_raw) const;
    // As a record of its own, whose id is returned. Nothing for the quantity: not known.
    std::string apart(const UsageKey& key, const Fact& fact, UsageRecord::Class cls, bool known,
                      Due& due);
    void keep(std::optional<UsageRecord> record, const UsageKey& key, Due& due);
    void cut_all(Window before, Due& due);

    void take_action(const contract::Event& event, const Witness& witness, const Moment& at,
                     Due& due);
    void count_action(const std::string& id, const Action& action, std::string_view outcome,
                      const Moment& at, Due& due);
    void take_report(const contract::Event& event, const Witness& witness, const Moment& at,
                     Due& due);
    void take_correction(const contract::Event& event, const Witness& witness, const Moment& at,
                         Due& due);
    void take_final(const contract::Event& event, const Witness& witness, const Moment& at,
                    Due& due);

    CallName name_;
    std::shared_ptr<const Meters> meters_;
    bool connected_ = false;
    bool over_ = false;
    std::optional<Moment> running_;   // Since when, or since it was last added up.
    std::optional<Witness> opening_;  // Why it runs.
    std::string stopped_;             // Why it last stopped.
    std::int64_t micros_ = 0;         // Measured in all; the meter counts whole milliseconds.
    std::map<UsageKey, Tally> tallies_;
    std::map<std::string, Action, std::less<>> actions_;  // Not over, or not known how.
    // Those that its last events were about: there may be very many of them, and they lie beside
    // its fold. Whoever gives it an event gives it the report that it names before; CallUsageText.
    std::map<std::string, std::vector<Reported>, std::less<>> reports_;
};

}  // namespace lifeline::metering
