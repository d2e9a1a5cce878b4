#pragma once

#include <deque>
#include <memory>

#include "app/stream_eraser.h"
#include "base/loop.h"
#include "base/result.h"
#include "journal/journal.h"
#include "session/sessions.h"
#include "snapshots/snapshots.h"
#include "transcript/fold.h"

namespace lifeline::app {

// Takes the snapshots that are due, one after the other: reads what was said up to there, digests
// it, and has the call record that. A snapshot's eventId says up to where it is, so it is taken
// once, whatever crashes in between. Nothing is erased meanwhile: a digest of what is gone would be
// worth a guess. What cannot be taken is left for later, and keeps nothing behind it waiting. Lives
// on `home`.
class SnapshotWriter {
public:
    struct Parts {
        Loop& home;
        Worker& worker;  // Digests.
        journal::Journal& journal;
        session::Sessions& sessions;
        snapshots::Snapshots& snapshots;
        StreamEraser& eraser;
    };

    explicit SnapshotWriter(Parts parts) : parts_(parts) {}
    ~SnapshotWriter();
    SnapshotWriter(const SnapshotWriter&) = delete;
    SnapshotWriter& operator=(const SnapshotWriter&) = delete;

    // Once the view has come up to the journal.
    void start();

private:
    void look();
    void look_in_turn();
    void take(snapshots::Due due);
    void digest(snapshots::Due due, transcript::Fold said);
    void record(const snapshots::Due& due, std::size_t utterances, std::string digest);
    void finished(const snapshots::Due& due, const Status& status);
    void rest();

    Parts parts_;
    contract::EventChecker checker_;
    std::deque<snapshots::Due> waiting_;
    snapshots::Due read_to_;  // The last one seen, while there are more behind it.
    bool took_some_ = false;  // Of those that were waiting.
    bool busy_ = false;
    bool again_ = false;
    Loop::TimerId timer_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::app
