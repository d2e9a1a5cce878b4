#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "journal/journal.h"
#include "journal/seal_key.h"
#include "metering/metering.h"
#include "session/sessions.h"

namespace lifeline::app {

// Writes the usage records that are due into their calls, signed. A record's event is named by it,
// so that it is written once, whatever crashes in between, and never signed twice. Lives on `home`.
class MeterWriter {
public:
    struct Parts {
        Loop& home;
        Worker& worker;  // Signs.
        session::Sessions& sessions;
        metering::Metering& metering;
    };

    MeterWriter(Parts parts, journal::SealKey key);
    ~MeterWriter();
    MeterWriter(const MeterWriter&) = delete;
    MeterWriter& operator=(const MeterWriter&) = delete;

    // Once metering has come up to the journal.
    void start();
    // When nothing is due of this call any more: before its contents go.
    void settled(std::string session_id, journal::Done<void> done);
    // Shows those in running calls what they have used so far.
    void show();

private:
    struct Signed {
        std::string session_id;
        std::string event_id;
        std::string payload;
    };
    void look();
    void sign(std::vector<metering::DueRecord> due);
    void write(std::vector<Signed> records);
    void written(bool all);
    void ask_settled(std::string session_id, int tries, journal::Done<void> done);
    void publish(const Signed& event, std::string_view type, journal::Done<void> done);

    Parts parts_;
    journal::SealKey key_;
    contract::EventChecker checker_;
    std::size_t on_the_way_ = 0;
    bool failed_ = false;
    bool busy_ = false;
    bool again_ = false;
    Loop::TimerId timer_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::app
