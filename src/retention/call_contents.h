#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "contract/event.h"
#include "contract/role.h"
#include "retention/content_of.h"
#include "retention/plan.h"
#include "retention/recorded.h"

namespace lifeline::retention {

// One call, read from its first event to its last, and what of it goes when somebody or something
// is erased. Pure; keeps of each event no more than whose it is and what it is about.
class CallContents {
public:
    void take(const Recorded& recorded);

    const std::string& owner_id() const { return owner_id_; }
    const std::string& account_id() const { return account_id_; }
    bool is_over() const { return over_; }
    // When the call was over, or its last event; for how long it is kept.
    WallTime over_at() const { return over_at_; }
    // Everybody who was ever in it, its owner among them.
    const std::set<std::string, std::less<>>& people() const { return people_; }
    // The stream says itself that this erasure was done in it.
    bool records(std::string_view erasure_id) const { return records_.contains(erasure_id); }
    // How many events that was; 0 if it was not.
    std::uint64_t recorded(std::string_view erasure_id) const;
    // Contents went for this reason up to here; 0 if never.
    std::uint64_t done_up_to(std::string_view because) const;

    // What goes of all of it.
    Plan whole() const;
    // What goes of it with this person: where they own the call, all of it. `documents` are theirs,
    // too: what the call was told of them goes as well.
    Plan of_person(std::string_view user_id,
                   const std::set<std::string, std::less<>>& documents) const;
    Plan superseded() const;

private:
    // What is kept of one event.
    struct Fact {
        std::uint64_t seq = 0;
        Content content = Content::none;
        contract::EventType type = contract::EventType::custom;
        bool says_more = false;  // Of a frame or a name: more than the frame itself.
        bool asks = false;  // The action is its actor's: asked for, answered in words, or done.
        std::string actor;
        std::string cause;
        std::string event_id;
        std::string about = {};                  // The utterance, action, document or participant.
        std::vector<std::string> evidence = {};  // Utterances that something derived rests on.
    };
    struct Person {
        contract::Role role = contract::Role::viewer;
        bool removed = false;
    };

    static std::string overtaken_key(contract::EventType type, std::string_view value);
    void take_frame(const Recorded& recorded);
    void take_kept(const Recorded& recorded);
    void take_speech(const contract::Event& event, Fact& fact);
    void take_action(const contract::Event& event, Fact& fact);
    void take_overtaking(const contract::Event& event);
    Plan plan(const std::set<std::uint64_t>& gone) const;
    std::string kept_json() const;
    void gather_person(std::string_view user_id,
                       const std::set<std::string, std::less<>>& documents,
                       std::set<std::uint64_t>& gone) const;

    std::vector<Fact> facts_;  // Of what is not erased.
    std::uint64_t head_ = 0;
    std::uint64_t erased_ = 0;    // So far,
    std::uint64_t recorded_ = 0;  // of which the stream's records speak.
    bool frame_erased_ = false;
    std::map<std::string, std::uint64_t, std::less<>> records_;  // By erasure: events.
    std::map<std::string, std::uint64_t, std::less<>> done_up_to_;

    std::string owner_id_;
    std::string account_id_;
    std::string channel_;
    std::string created_at_;
    std::string ended_at_;
    std::string outcome_;
    bool over_ = false;
    WallTime over_at_{};
    std::map<std::string, Person, std::less<>> participants_;
    std::set<std::string, std::less<>> people_;

    std::map<std::string, std::string, std::less<>> speaker_of_;     // By utterance.
    std::map<std::string, std::string, std::less<>> action_asking_;  // By confirmation.
    // The last event that makes those of a type and key before it unnecessary.
    std::map<std::string, std::uint64_t, std::less<>> overtaken_before_;
};

}  // namespace lifeline::retention
