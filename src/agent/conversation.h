#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "contract/event.h"

namespace lifeline::agent {

enum class Speaker : std::uint8_t { user, agent, operator_ };

// What somebody said. Its place is that of its first event, however late its final text comes.
struct Utterance {
    std::string id = {};
    std::string participant_id = {};
    std::string turn_id = {};  // Of the agent's turn that it speaks; may be empty.
    Speaker speaker = Speaker::user;
    std::string text = {};  // As it stands: what was heard, corrected, without what was redacted.
    bool begun = false;     // Said that it begins, or had a partial text.
    bool is_final = false;  // Has its text.
    bool is_over = false;   // No text comes any more.
    bool is_cut = false;    // Was heard in part only.
    bool answered = false;  // Some agent's turn took it up and came to its end.
    int attempts = 0;       // Of this agent's turns that took it up.
    std::uint64_t seq = 0;  // Of its first event.
    std::uint64_t last_seq = 0;  // Of the last one in which it was being said.
    std::uint64_t cut_seq = 0;   // Of the one that cut it.
    WallTime last_at = {};       // When something of it was recorded last.
};

// An action, of whichever agent, with what became of it.
struct ActionRecord {
    enum class State : std::uint8_t { asked, waiting, running, over };
    std::string id = {};
    std::string type = {};
    std::string summary = {};
    std::string args_json = "{}";
    std::string requester = {};
    std::string turn_id = {};
    State state = State::asked;
    std::string confirmation_id = {};  // Waiting: the question a person was asked.
    // Over: "succeeded", "failed", "blocked", "rejected", "denied", "expired", "cancelled",
    // "timed_out", "unknown".
    std::string outcome = {};
    std::string detail = {};       // For the model: code and message, or what a person said.
    std::string result_json = {};  // Succeeded: what the tool answered.
    std::string duplicate_of = {};
    std::string last_attempt = {};  // Why it failed, if it did.
    bool told = false;              // Its agent's model has its outcome.
    int attempts = 0;               // Of this agent's turns that were to tell it.
    std::uint64_t seq = 0;
    std::uint64_t over_seq = 0;
    WallTime over_at = {};

    bool is_over() const { return state == State::over; }
};

// One agent's answer, while it is open and a little longer.
struct TurnRecord {
    enum class State : std::uint8_t { open, completed, failed, cancelled };
    std::string id = {};
    std::string agent_id = {};
    std::vector<std::string> inputs = {};
    State state = State::open;
    std::string why = {};  // failed: its code; cancelled: its cause
    int attempt = 1;
    bool stopped = false;               // Somebody said that it is not to go on.
    std::optional<Millis> played = {};  // Stopped: how much of it was played.
    std::string shown = {};             // Own and open: the text that deltas have shown so far.
    std::size_t measured = 0;           // Model calls whose usage is on record.
    WallTime began = {};
    std::uint64_t seq = 0;
};

struct DocumentRecord {
    std::string id = {};
    std::string kind = {};
    std::string title = {};
    std::int64_t rev = 0;
    std::string by = {};
};

struct ParticipantRecord {
    std::string id = {};
    std::string role = {};
    std::string name = {};
    bool removed = false;
};

// What one agent may know of its call: the fold of the call's events and nothing else, so that a
// restart, an interruption and a new process give the same. What was not heard is not in it.
//
// Bounded: it keeps the newest entries, and counts what it let go.
class Conversation {
public:
    enum class Kind : std::uint8_t { utterance, action };
    struct Entry {
        Kind kind = Kind::utterance;
        Utterance utterance = {};
        ActionRecord action = {};
    };

    Conversation(std::string session_id, std::string agent_id)
        : session_id_(std::move(session_id)), agent_id_(std::move(agent_id)) {}

    // Each event of the call once, in order.
    void take(const contract::Event& event, std::string_view actor_id, std::uint64_t seq,
              WallTime recorded_at);
    // Something that the journal no longer tells stood there.
    void take_erased(std::uint64_t seq) { seq_ = seq; }

    const std::string& session_id() const { return session_id_; }
    const std::string& agent_id() const { return agent_id_; }
    const std::string& owner_id() const { return owner_id_; }
    const std::string& account_id() const { return account_id_; }
    const std::string& continues() const { return continues_; }
    std::uint64_t seq() const { return seq_; }
    bool is_open() const { return is_open_; }
    bool is_over() const { return is_over_; }
    bool takes_part() const;  // This agent was asked here and not sent away.
    std::optional<WallTime> connected_at() const { return connected_at_; }

    const std::list<Entry>& entries() const { return entries_; }
    std::size_t dropped() const { return dropped_; }
    const Utterance* utterance(std::string_view id) const;
    const ActionRecord* action(std::string_view id) const;
    // Null when it never was, or was over long ago.
    const TurnRecord* turn(std::string_view id) const;
    const TurnRecord* open_turn() const;  // This agent's own; null when there is none.
    const std::map<std::string, TurnRecord, std::less<>>& turns() const { return turns_; }
    const std::vector<ParticipantRecord>& participants() const { return participants_; }
    const std::map<std::string, DocumentRecord, std::less<>>& documents() const {
        return documents_;
    }
    std::string_view name_of(std::string_view participant_id) const;

    const std::string& mode() const { return mode_; }
    const std::string& mode_context() const { return mode_context_; }
    const std::string& mode_by() const { return mode_by_; }  // Who set it.
    std::int64_t mode_rev() const { return mode_rev_; }

    // Of several agents, the one whose turn it is to answer. Empty when nobody's: a person has the
    // floor.
    std::string answering_agent() const;
    bool user_has_floor() const { return user_has_floor_; }
    WallTime floor_at() const { return floor_at_; }
    bool user_speaks() const { return !speaking_.empty(); }
    WallTime spoke_at() const { return spoke_at_; }

    // How many turns this agent has begun: the next one's number is one more.
    std::uint64_t turns_begun() const { return turns_begun_; }
    // Of this agent's turns, the failed ones since one was completed.
    int failures_in_a_row() const { return failures_in_a_row_; }
    WallTime failed_at() const { return failed_at_; }
    // Of this agent's turns, those that answered nobody since one that did.
    int turns_alone() const { return turns_alone_; }
    const std::string& channel() const { return channel_; }

private:
    using Place = std::list<Entry>::iterator;

    void take_call(const contract::Event& event, std::string_view actor_id, WallTime at);
    void take_transcript(const contract::Event& event, std::string_view actor_id, WallTime at);
    void take_turn(const contract::Event& event, std::string_view actor_id, WallTime at);
    void take_action(const contract::Event& event, std::string_view actor_id, WallTime at);
    void participant(const contract::Event& event, bool removed);
    void floor(const contract::Event& event, WallTime at);
    void addressed(const Utterance& utterance);
    void started(const contract::Event& event, std::string_view actor_id, WallTime at);
    void ended(TurnRecord& turn, TurnRecord::State state, std::string_view why, WallTime at);
    void over(ActionRecord& action, std::string_view outcome, std::string detail, WallTime at);
    Utterance& said(std::string_view id, std::string_view actor_id);
    ActionRecord* find_action(std::string_view id);
    void made_document(const ActionRecord& action);
    DocumentRecord* document(std::string_view id);
    void mode_changed(const contract::Event& event, std::string_view actor_id);
    void let_go();

    std::string session_id_;
    std::string agent_id_;
    std::string owner_id_;
    std::string account_id_;
    std::string continues_;
    std::uint64_t seq_ = 0;
    bool is_open_ = false;
    bool is_over_ = false;
    std::optional<WallTime> connected_at_;

    std::list<Entry> entries_;
    std::unordered_map<std::string, Place> utterances_;
    std::unordered_map<std::string, Place> actions_;
    std::size_t dropped_ = 0;

    std::map<std::string, TurnRecord, std::less<>> turns_;
    std::uint64_t turns_begun_ = 0;
    int failures_in_a_row_ = 0;
    WallTime failed_at_ = {};
    int turns_alone_ = 0;
    std::string channel_;

    std::vector<ParticipantRecord> participants_;
    std::map<std::string, DocumentRecord, std::less<>> documents_;
    std::vector<std::string> speaking_;  // People of whom it was said last that they speak.
    WallTime spoke_at_ = {};
    std::string floor_agent_;  // Empty: the first that is here.
    bool user_has_floor_ = false;
    WallTime floor_at_ = {};
    std::string mode_;
    std::string mode_context_;
    std::string mode_by_;
    std::int64_t mode_rev_ = 0;
};

}  // namespace lifeline::agent
