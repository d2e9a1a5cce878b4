#pragma once

#include "identity/directory.h"
#include "identity/directory_changes.h"
#include "retention/ledger.h"
#include "safety/policy_record.h"
#include "safety/switchboard.h"
#include "session/instance_stream.h"

namespace lifeline::app {

// What the instance's stream says: the identity room's directory, what is stopped by hand, the
// policies that were put, and what is held and erased. What is decided of any is appended here, and
// what stands there is what they know.
class InstanceLog final : public identity::DirectoryLog {
public:
    InstanceLog(Loop& loop, journal::Journal& journal)
        : stream_(loop, journal, [this](std::string_view type, std::string_view payload) {
              if (auto known = switchboard_.apply(type, payload); !known) return known;
              if (auto known = policies_.apply(type, payload); !known) return known;
              if (auto known = ledger_.apply(type, payload); !known) return known;
              return directory_.apply(type, payload);
          }) {}

    void load(journal::Done<void> ready) { stream_.load(std::move(ready)); }
    identity::Directory& directory() { return directory_; }
    const safety::Switchboard& switchboard() const { return switchboard_; }
    const safety::PolicyRecord& policies() const { return policies_; }
    const retention::Ledger& ledger() const { return ledger_; }

    // `done` once it is durable and known here; when it is in force in the calls is another matter.
    void append(std::string event_id, const safety::StopChange& change, journal::Done<void> done) {
        stream_.append(
            {{std::move(event_id), "safety.killswitch.changed", safety::payload_of(change)}},
            std::move(done));
    }
    void append(std::string event_id, const safety::PolicyChange& change,
                journal::Done<void> done) {
        stream_.append({{std::move(event_id), "safety.policy.changed", safety::payload_of(change)}},
                       std::move(done));
    }
    void append(std::string event_id, const retention::HoldChange& change,
                journal::Done<void> done) {
        stream_.append(
            {{std::move(event_id), "record.hold.changed", retention::payload_of(change)}},
            std::move(done));
    }
    // That it is asked for, and that it is done: once each.
    void append(const retention::Erasure& asked, journal::Done<void> done) {
        stream_.append({{"ll_asked:" + asked.id, "record.erasure.requested",
                         retention::payload_of_request(asked)}},
                       std::move(done));
    }
    void append_completed(const retention::Erasure& erasure, journal::Done<void> done) {
        stream_.append({{"ll_done:" + erasure.id, "record.erasure.completed",
                         retention::payload_of_completion(erasure)}},
                       std::move(done));
    }
    void append(identity::DirectoryChanges changes, identity::Done<void> done) override {
        std::vector<session::InstanceStream::Change> out;
        for (auto& change : changes)
            out.push_back({std::move(change.event_id), std::string(change.type),
                           std::move(change.payload_json)});
        stream_.append(std::move(out), std::move(done));
    }

private:
    identity::Directory directory_;
    safety::Switchboard switchboard_;
    safety::PolicyRecord policies_;
    retention::Ledger ledger_;
    session::InstanceStream stream_;
};

}  // namespace lifeline::app
