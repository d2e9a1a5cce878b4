#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "app/instance_log.h"
#include "app/stream_eraser.h"
#include "base/random.h"
#include "journal/view_file.h"
#include "retention/ledger.h"

namespace lifeline::app {

// Erasures that were asked for, and legal holds. What is asked for is looked into and written down
// before it is answered; then it is carried out, after a crash from where that was, and only when
// nothing of it is in the journal, its log or any view is it written down as done. May be asked
// from any loop; lives on the first one.
class Eraser {
public:
    struct Parts {
        StreamEraser& streams;
        journal::Journal& journal;
        InstanceLog& log;
        Random& random;  // Of the home loop.
        // All views have what is durable now, and their files nothing of before.
        std::function<void(journal::Settle, journal::Done<void>)> settle;
        // Connections in this person's name are cut; may be empty.
        std::function<void(const std::string& user_id)> cut;
    };
    explicit Eraser(Parts parts) : parts_(std::move(parts)) {}
    ~Eraser() { *alive_ = false; }
    Eraser(const Eraser&) = delete;
    Eraser& operator=(const Eraser&) = delete;

    // Takes up what is not done; on the home loop, once the journal is loaded.
    void start();
    // Whether the asker may is for the caller to find out first. `asked` has no id yet.
    void request(retention::Erasure asked, Loop& from, journal::Done<retention::Erasure> done);
    void change_hold(retention::HoldChange change, Loop& from,
                     journal::Done<retention::Ledger> done);
    void look(Loop& from, journal::Done<retention::Ledger> done);
    // Once nothing is left to do that can be done now; on the home loop.
    void when_idle(Job then);

private:
    // What somebody's erasure reaches.
    struct Targets {
        retention::Erasure erasure;
        std::uint64_t head = 0;            // Of the journal, when it was looked for.
        std::uint64_t until = UINT64_MAX;  // Where it was asked for, once that was seen.
        std::set<std::string, std::less<>> calls = {};
        std::set<std::string, std::less<>> documents = {};
        // Of each document the calls that it was shared with: they have its title, and only it
        // tells of them. And those of all calls that could not go yet.
        std::map<std::string, std::set<std::string>, std::less<>> shared = {};
        std::set<std::string, std::less<>> waiting = {};
        std::vector<std::uint64_t> identity = {};  // seqs of the instance's stream
        bool unfinished = false;                   // Something stood in the way.
    };
    using Found = journal::Done<std::shared_ptr<Targets>>;

    void find(retention::Erasure erasure, std::uint64_t head, Found done);
    void find_on(std::shared_ptr<Targets> targets, std::uint64_t after, Found done);
    void look_at(Targets& targets, const journal::JournalEvent& event);
    retention::Plan plan_of(const Targets& targets, const retention::CallContents& call) const;

    void check(std::shared_ptr<Targets> targets, std::vector<std::string> calls,
               journal::Done<void> done);
    void check_documents(std::shared_ptr<Targets> targets, std::vector<std::string> documents,
                         journal::Done<void> done);
    Status may_go(const Targets& targets, const std::string& id,
                  const retention::CallContents& call) const;
    void write_down(retention::Erasure erasure, journal::Done<retention::Erasure> done);

    void work();
    void work_calls(std::shared_ptr<Targets> targets, std::vector<std::string> calls);
    void work_documents(std::shared_ptr<Targets> targets, std::vector<std::string> documents);
    void work_identity(const std::shared_ptr<Targets>& targets);
    void settle(const std::shared_ptr<Targets>& targets);
    void complete(const std::shared_ptr<Targets>& targets);
    void put_off(const std::shared_ptr<Targets>& targets, const Error& error);
    void idle();

    Parts parts_;
    contract::EventChecker checker_;
    bool busy_ = false;
    std::set<std::string, std::less<>> put_off_;  // Until later.
    Loop::TimerId again_ = 0;
    std::vector<Job> when_idle_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::app
