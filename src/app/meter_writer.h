#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/record_signer.h"
#include "app/rounds.h"
#include "base/loop.h"
#include "base/result.h"
#include "journal/journal.h"
#include "metering/metering.h"
#include "session/sessions.h"

namespace lifeline::app {

// Writes the usage records that are due into their calls, signed. A record's event is named by it,
// so that it is written once, whatever crashes in between, and never signed twice. One that
// cannot be written as it is, or whose call cannot be read, stops nobody: it is set aside until the
// next start, and said in the log. Lives on `home`.
class MeterWriter {
public:
    struct Parts {
        Loop& home;
        Worker& worker;  // Signs.
        session::Sessions& sessions;
        metering::Metering& metering;
        const RecordSigner& signer;
    };

    explicit MeterWriter(Parts parts) : parts_(parts) {}
    ~MeterWriter() { *alive_ = false; }
    MeterWriter(const MeterWriter&) = delete;
    MeterWriter& operator=(const MeterWriter&) = delete;

    // Once metering has come up to the journal.
    void start();
    // When nothing is due of this call any more: before its contents go.
    void settled(std::string session_id, journal::Done<void> done);
    // Shows those in running calls what they have used so far: whatever has changed since.
    void show();

private:
    struct Signed {
        std::string session_id;
        std::string record_id;  // Of what is shown: empty.
        std::string event_id;
        std::string payload;
    };
    using Key = std::shared_ptr<const RecordSigner::Key>;
    void write_due();
    void sign(std::vector<metering::DueRecord> due);
    void write(const Key& key, const std::vector<Signed>& records);
    void not_written(const std::string& record_id, const Error& error);
    void ask_settled(std::string session_id, int tries, journal::Done<void> done);
    void show_changed(const std::vector<metering::LiveUsage>& running);
    void publish(const Signed& event, std::string_view type, journal::Done<void> done);

    Parts parts_;
    Rounds rounds_{parts_.home, [this] { write_due(); }};
    contract::EventChecker checker_;
    // What running calls were shown last, by meter.
    std::map<std::string, std::map<std::string, std::string>> shown_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::app
