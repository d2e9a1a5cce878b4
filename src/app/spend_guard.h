#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "api/budget_desk.h"
#include "app/stream_writer.h"
#include "base/loop.h"
#include "billing/billing.h"
#include "budget/account.h"
#include "identity/directory.h"
#include "journal/journal.h"
#include "metering/metering.h"
#include "session/sessions.h"

namespace lifeline::app {

// Sees to it that accounts use no more than they may: one state for each, folded from its stream;
// what is decided counts at once and is written then, so that two calls never spend the same. It
// looks again whenever something was used, and when time alone may have used up a limit. Lives on
// `home`; may be asked from any loop.
class SpendGuard {
public:
    struct Parts {
        Loop& home;
        journal::Journal& journal;
        session::Sessions& sessions;
        metering::Metering& metering;
        billing::Billing& billing;
        StreamWriter& writer;
        const identity::Directory& directory;
        std::function<bool(const std::string& meter)> knows;
    };
    explicit SpendGuard(Parts parts) : parts_(std::move(parts)) {}
    ~SpendGuard();
    SpendGuard(const SpendGuard&) = delete;
    SpendGuard& operator=(const SpendGuard&) = delete;

    // Reads the accounts; until then, who asks waits.
    void start();
    void stop();
    // Something was appended. From any thread.
    void poke();

    void list(std::string account_id, Loop& from, journal::Done<std::string> done);
    void balance(std::string account_id, Loop& from, journal::Done<std::string> done);
    void change(api::BudgetDesk::Changing changing, Loop& from, journal::Done<std::string> done);
    void grant(api::BudgetDesk::Granting granting, Loop& from, journal::Done<std::string> done);
    void admit(std::string account_id, std::string session_id, Loop& from,
               journal::Done<void> done);
    void release(std::string account_id, std::string session_id);

private:
    static constexpr Millis look_again_after = std::chrono::seconds(5);
    // With what its calls used by now; asked for one after the other.
    using Then = std::move_only_function<void(const Result<budget::Used>& used)>;
    struct Watched {
        budget::Account account;
        std::shared_ptr<budget::RunningCosts> costs = std::make_shared<budget::RunningCosts>();
        std::deque<Then> waiting = {};
        bool busy = false;
        bool watching = false;
        bool again = false;  // Something was used since it was begun to be looked at.
        Loop::TimerId timer = 0;
        // What was counted when it was last judged; what comes late stands behind that. Nothing:
        // there was no credit to pay it.
        std::optional<std::uint64_t> counted = {};
        bool anew = true;                    // Never judged by this process.
        std::vector<std::string> open = {};  // Its calls that were not over then.
        std::set<std::string> said = {};     // What follows from how it stood then: said once.
        std::size_t writing = 0;
        // What was decided and could not be written counts nevertheless, until it is read again
        // what is there; nothing is decided meanwhile.
        std::optional<Error> failed = {};
    };
    // How far an account's stream has been read, and what then.
    struct Reading {
        std::uint64_t after = 0;
        std::optional<std::uint64_t> paid = {};  // Where credit or a hold last changed.
        std::shared_ptr<budget::Account> account = std::make_shared<budget::Account>();
        std::move_only_function<void(std::optional<std::uint64_t> paid)> done;
    };

    void read_accounts(std::string after);
    void read_account(std::string account_id, Reading reading);
    void account_is_read(const std::string& account_id, const Status& read);
    void read_again(const std::string& account_id);
    Watched& watched(const std::string& account_id) { return accounts_[account_id]; }
    void ready(const std::string& account_id, journal::Done<void> done);
    void look(const std::string& account_id, Then then);
    void next(const std::string& account_id);
    void price(const std::string& account_id, budget::Counted counted, Then then);
    void watch(const std::string& account_id);
    void act(const std::string& account_id, budget::Account::Decision decision);
    void wake(const std::string& account_id, Millis in);
    void write(const std::string& account_id, budget::Entry entry, journal::Done<void> done);
    void say(const budget::Notice& notice);
    void end(const budget::Notice& notice);

    Parts parts_;
    contract::EventChecker checker_;
    std::map<std::string, Watched, std::less<>> accounts_;
    // Accounts whose streams are not read yet.
    struct Unread {
        std::vector<journal::Done<void>> waiting = {};
        std::optional<Error> failed = {};  // Last time.
    };
    std::map<std::string, Unread, std::less<>> unread_;
    bool listed_ = false;
    bool stopped_ = false;
    std::vector<std::pair<std::string, journal::Done<void>>> not_listed_;
    std::atomic<bool> limits_ = false;  // Any account has any.
    std::atomic<bool> poked_ = false;
    Loop::TimerId poke_timer_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::app
