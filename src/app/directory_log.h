#pragma once

#include "identity/directory.h"
#include "identity/directory_changes.h"
#include "session/instance_stream.h"

namespace lifeline::app {

// The identity room's directory on the instance's stream: what it decides is appended there, and
// what stands there is what it knows.
class JournaledDirectory final : public identity::DirectoryLog {
public:
    JournaledDirectory(Loop& loop, journal::Journal& journal)
        : stream_(loop, journal, [this](std::string_view type, std::string_view payload) {
              return directory_.apply(type, payload);
          }) {}

    void load(journal::Done<void> ready) { stream_.load(std::move(ready)); }
    identity::Directory& directory() { return directory_; }

    void append(identity::DirectoryChanges changes, identity::Done<void> done) override {
        std::vector<session::InstanceStream::Change> out;
        for (auto& change : changes)
            out.push_back({std::move(change.event_id), std::string(change.type),
                           std::move(change.payload_json)});
        stream_.append(std::move(out), std::move(done));
    }

private:
    identity::Directory directory_;
    session::InstanceStream stream_;
};

}  // namespace lifeline::app
