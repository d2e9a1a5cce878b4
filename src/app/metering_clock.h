#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "app/stream_writer.h"
#include "base/loop.h"
#include "base/result.h"
#include "journal/journal.h"
#include "metering/metering.h"

namespace lifeline::app {

// What metering has to hear beside the calls, in a stream of its own (`sys_metering`):
// that the server began, and stops; that a minute passed while time is measured, and an hour began;
// which meters there are; and that an hour is closed, once all of it is written. Lives on `home`.
class MeteringClock {
public:
    struct Parts {
        Loop& home;
        journal::Journal& journal;
        metering::Metering& metering;
        StreamWriter& writer;
    };
    struct Settings {
        metering::Meters meters;
        Millis close_after;  // From an hour's end on.
    };

    MeteringClock(Parts parts, Settings settings);
    ~MeteringClock();
    MeteringClock(const MeteringClock&) = delete;
    MeteringClock& operator=(const MeteringClock&) = delete;

    // Before anything else of this run is written: what came before it is not this run's time.
    void begin(journal::Done<void> done);
    // Once metering has come up to the journal. `on_minute` is told of each minute that was
    // recorded.
    void run(std::function<void()> on_minute);
    // After everything else of this run was written.
    void stop(journal::Done<void> done);

private:
    void write(std::string name, std::string type, std::string payload, journal::Done<void> done);
    void tick(std::string_view because, std::uint64_t running, journal::Done<void> done);
    void wait();
    void look();
    void look_at(const metering::Standing& standing, std::uint64_t head);
    void activate(bool first, journal::Done<void> done);
    void close_hours(const metering::Standing& standing, std::uint64_t head);

    Parts parts_;
    Settings settings_;
    bool begun_ = false;
    bool stopped_ = false;
    bool soon_ = false;       // Something is about to be written that a look waits for.
    SteadyTime ticked_ = {};  // The last tick, of whatever cause.
    std::function<void()> minute_;
    Loop::TimerId timer_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::app
