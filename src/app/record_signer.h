#pragma once

#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/stream_writer.h"
#include "base/loop.h"
#include "base/random.h"
#include "base/result.h"
#include "base/signature.h"
#include "journal/journal.h"
#include "journal/seal_key.h"
#include "metering/key_history.h"

namespace lifeline::app {

// Signs usage records, statements and reports with the key that is active: one of a series of its
// own, each made at random and kept in the folder of keys, its history in `sys_keys`. The journal's
// seal key, which signed before there was any, is the first of it; it signs on where no history can
// be written (commands on a folder). Lives on `home`; `signing`, `sign` and `history` from any
// thread.
class RecordSigner {
public:
    struct Parts {
        Loop& home;
        Worker& worker;  // Makes and reads key files.
        journal::Journal& journal;
        StreamWriter* writer = nullptr;  // Null: the history is only read.
        std::filesystem::path folder;    // Of the keys.
        Random& random;                  // The worker's.
    };
    // Whoever holds one may still sign with it: the key is retired once nobody does, so that what
    // it signed stands in the journal before that.
    struct Key {
        std::string id;
        SigningKey signing;
    };
    struct Signature {
        std::string key_id;
        std::string text;  // base64url
    };

    RecordSigner(Parts parts, const journal::SealKey& seal);
    ~RecordSigner();
    RecordSigner(const RecordSigner&) = delete;
    RecordSigner& operator=(const RecordSigner&) = delete;

    // Reads the history, and begins it where there is none.
    void start(journal::Done<void> done);

    std::shared_ptr<const Key> signing() const;  // Null until it is started.
    // Once it is started.
    Signature sign(std::string_view message) const;
    metering::KeyHistory history() const;

    struct Change {
        std::string by;
        std::string reason;
        std::uint64_t doubtful_from = 0;  // 0: from now on.
    };
    // A new key takes over.
    void rotate(Change change, Loop& from, journal::Done<metering::RecordKey> done);
    // signing_key_not_found; where it is the active one, a new key takes over first.
    void revoke(std::string key_id, Change change, Loop& from,
                journal::Done<metering::RecordKey> done);

private:
    // What system.key.changed says beside the key and its state.
    struct Word {
        std::string_view state;
        const Key* endorsed_by = nullptr;
        std::uint64_t doubtful_from = 0;
        const Change* change = nullptr;
    };
    void take_turn(Job job);
    void end_turn();
    std::optional<Error> not_ready() const;
    void read_on(journal::Done<void> done);
    Status take(std::string_view payload, const journal::StoredEvent& event);
    void open_active(journal::Done<void> done);
    void settle(std::optional<SigningKey> found, journal::Done<void> done);
    void begin(journal::Done<void> done);
    void replace(Change change, journal::Done<void> done);
    void bring_in(SigningKey fresh, const Change& change, journal::Done<void> done);
    void retire_former(journal::Done<void> done);
    void write_revoked(const std::string& key_id, Change change, journal::Done<void> done);
    void write(const Ed25519PublicKey& key, const Word& word, journal::Done<void> done);
    // Ends the turn and answers with how the key stands.
    void answer(const std::string& key_id, const Status& status,
                journal::Done<metering::RecordKey> done);

    Parts parts_;
    std::shared_ptr<const Key> seal_;
    mutable std::mutex mutex_;  // Of the next three.
    std::shared_ptr<const Key> active_;
    bool started_ = false;
    metering::KeyHistory history_;
    std::vector<std::shared_ptr<const Key>> former_;  // Not retired yet.
    std::uint64_t read_ = 0;                          // Of the stream.
    std::deque<Job> turns_;
    bool busy_ = false;
    Loop::TimerId timer_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::app
