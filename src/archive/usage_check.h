#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "archive/line.h"
#include "contract/event.h"
#include "contract/json.h"
#include "metering/key_history.h"

namespace lifeline::archive {

// Whether the usage records of a call are what a key signed that was active then, each once, under
// the id of their fact, and rest on events that are there. Texts and actions are counted again; of
// time and reports the events, as far as it is certain which they are.
class UsageCheck {
public:
    explicit UsageCheck(const Head& head);

    // The history of keys, from the first change on. Where there is none, the archive's key signs.
    Status take(const KeyLine& key) { return keys_.take(key.payload, key.position); }

    // An event of the call, in its order; record_altered for a usage record that is not so.
    std::optional<Error> take(const Record& record);

    std::uint64_t records() const { return ids_.size(); }
    // Of those that are as they were signed: SHA-256 of the payload, by the record's id.
    const std::map<std::string, Digest, std::less<>>& digests() const { return digests_; }
    const metering::KeyHistory& keys() const { return keys_; }

private:
    // What a usage record may rest on.
    struct Witness {
        std::uint64_t seq = 0;
        contract::EventType type = {};
        Digest bytes{};
        std::string about;  // The action, the report or the speaker.
        std::string meter;  // Of a report.
        std::string fact;   // The utterance; else the event itself.
        std::int64_t chars = 0;
    };
    struct Claim;

    void keep(const contract::Event& event, const Record& record);
    std::optional<std::string> wrong_with(const contract::Json& payload, const Record& record);
    std::optional<std::string> wrong_with_evidence(const Claim& claim) const;
    bool id_follows(const Claim& claim, const contract::Json& payload) const;
    std::uint64_t erased_between(std::uint64_t first, std::uint64_t last) const;
    static bool fits(const Witness& witness, const Claim& claim);

    const Head& head_;
    contract::EventChecker checker_;
    std::vector<Witness> witnesses_;     // In the order of the call, as are the next.
    std::vector<std::uint64_t> erased_;  // Of these nobody knows what they were.
    std::set<std::string, std::less<>> ids_;
    std::map<std::string, Digest, std::less<>> digests_;
    metering::KeyHistory keys_;
};

}  // namespace lifeline::archive
