#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "orchestration/probe.h"

namespace lifeline::orchestration {

// Where the prober learns what is not known and brings what it learnt: the calls' own streams. Each
// `done` is called once, on the prober's loop, and never from inside the call.
class Unknowns {
public:
    virtual ~Unknowns() = default;

    // Those of a call that may be asked about.
    virtual void unresolved(
        std::string session_id,
        std::move_only_function<void(Result<std::vector<Unresolved>>)> done) = 0;
    // Durable before it is answered; `answer` is done or not_done. Refused where somebody else
    // found out first.
    virtual void resolve(Unresolved action, ProbeAnswer answer,
                         std::move_only_function<void(Status)> done) = 0;
};

struct ProberOptions {
    Millis timeout = std::chrono::seconds(10);
    Millis pause_first = std::chrono::seconds(2);  // After an answer that says nothing; doubled.
    Millis pause_last = std::chrono::seconds(60);
    unsigned attempts = 8;           // Then it is a person's.
    std::size_t waiting_max = 4096;  // More are a person's, too.
};

struct ProberCounters {
    std::uint64_t asked = 0;
    std::uint64_t resolved = 0;
    std::uint64_t given_up = 0;
};

// Finds out what came of actions whose outcome is unknown, where their tool can be asked, and
// brings it in by the front door. Executes nothing, ever: what was not done stays undone, and
// whoever wants it asks anew. Asks no more once a person has said what came of it. Remembers
// nothing that matters: after a restart it begins again. One loop.
class Prober {
public:
    Prober(Loop& loop, Unknowns& unknowns, ProberOptions options = {})
        : loop_(loop), unknowns_(unknowns), options_(options) {}
    ~Prober();
    Prober(const Prober&) = delete;
    Prober& operator=(const Prober&) = delete;

    // The probe outlives this.
    void add(const std::string& type, Probe& probe) { probes_.insert_or_assign(type, &probe); }
    // In that call something may be unknown.
    void look(const std::string& session_id);
    // Asks nothing any more.
    void stop();
    const ProberCounters& counters() const { return counters_; }

private:
    struct Entry {
        Unresolved action;
        unsigned attempts = 0;
        Loop::TimerId timer = 0;
        ProbeAnswer answer = {};
        bool given_up = false;
    };
    using Key = std::pair<std::string, std::string>;  // session, action
    using EntryPtr = std::shared_ptr<Entry>;

    void listed(const std::string& session_id, const std::vector<Unresolved>& found);
    void wait(const EntryPtr& entry, Millis pause);
    void look_again(const EntryPtr& entry);
    void ask(const EntryPtr& entry);
    void answered(const EntryPtr& entry, ProbeAnswer answer);
    void bring(const EntryPtr& entry);
    void again(const EntryPtr& entry);
    void forget(const EntryPtr& entry);

    Loop& loop_;
    Unknowns& unknowns_;
    ProberOptions options_;
    std::map<std::string, Probe*, std::less<>> probes_;
    std::map<Key, EntryPtr> entries_;
    ProberCounters counters_;
    bool stopped_ = false;
    std::shared_ptr<int> alive_ = std::make_shared<int>();  // What comes back asks it first.
};

}  // namespace lifeline::orchestration
