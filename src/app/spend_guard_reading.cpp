// What accounts may use, as their streams have it: read at a start, and where something could not
// be written.
#include <utility>

#include "app/spend_guard.h"
#include "base/log.h"

namespace lifeline::app {

namespace {

constexpr const char* account_prefix = "acct_";
constexpr std::size_t accounts_at_once = 256;

}  // namespace

void SpendGuard::start() {
    read_accounts(account_prefix);
}

void SpendGuard::read_accounts(std::string after) {
    parts_.journal.list_streams(
        account_prefix, after, accounts_at_once, parts_.home,
        [this, alive = alive_, after](const Result<std::vector<journal::StreamHead>>& heads) {
            if (!*alive || stopped_) return;
            if (!heads) {
                log::error("budgets are not watched yet reason={}", heads.error().reason);
                parts_.home.start_timer(look_again_after, [this, alive, after] {
                    if (*alive && !stopped_) read_accounts(after);
                });
                return;
            }
            for (const auto& head : *heads) {
                auto account = std::make_shared<budget::Account>();
                unread_[head.stream];
                read_account(head.stream, {.account = account,
                                           .done = [this, id = head.stream,
                                                    account](std::optional<std::uint64_t> paid) {
                                               if (account->known()) {
                                                   Watched& one = watched(id);
                                                   one.account = std::move(*account);
                                                   one.counted = paid;
                                               }
                                               account_is_read(id, {});
                                           }});
            }
            if (heads->size() == accounts_at_once) return read_accounts(heads->back().stream);
            listed_ = true;
            for (auto& [id, done] : std::exchange(not_listed_, {})) ready(id, std::move(done));
        });
}

void SpendGuard::read_account(std::string account_id, Reading reading) {
    const std::uint64_t after = reading.after;
    parts_.journal.read(
        account_id, after, {}, parts_.home,
        [this, alive = alive_, account_id, reading = std::move(reading)](
            const Result<std::vector<journal::StoredEvent>>& events) mutable {
            if (!*alive) return;
            // Its first event was the one that could not be written.
            if (!events && events.error().code == Code::not_found)
                return reading.done(reading.paid);
            if (!events) {
                log::error("budgets of {} are not read reason={}", account_id,
                           events.error().reason);
                account_is_read(account_id, fail(events.error()));
                parts_.home.start_timer(look_again_after, [this, alive, account_id,
                                                           reading = std::move(reading)]() mutable {
                    if (*alive && !stopped_) read_account(account_id, std::move(reading));
                });
                return;
            }
            if (events->empty()) return reading.done(reading.paid);
            for (const auto& stored : *events) {
                if (stored.bytes.find("\"billing.budget.changed\"") == std::string::npos &&
                    stored.bytes.find("\"billing.credit.granted\"") == std::string::npos &&
                    stored.bytes.find("\"billing.hold.changed\"") == std::string::npos)
                    continue;
                const auto event = checker_.read_stored(stored.bytes);
                if (!event) continue;
                reading.account->take(*event, stored.recorded_at);
                if (event->type() != contract::EventType::billing_budget_changed)
                    reading.paid = stored.position;
            }
            reading.after = events->back().seq;
            read_account(account_id, std::move(reading));
        });
}

// Whether it stands there what could not be written, only its stream knows.
void SpendGuard::read_again(const std::string& account_id) {
    auto account = std::make_shared<budget::Account>();
    read_account(account_id,
                 {.account = account,
                  .done = [this, account_id, account](std::optional<std::uint64_t> paid) {
                      Watched& one = watched(account_id);
                      one.account = std::move(*account);
                      one.counted = paid;
                      one.failed.reset();
                      if (!one.account.unlimited()) wake(account_id, look_again_after);
                  }});
}

// Nobody waits for another's account; of one that cannot be read, nothing is known.
void SpendGuard::account_is_read(const std::string& account_id, const Status& read) {
    const auto unread = unread_.find(account_id);
    if (unread == unread_.end()) return;
    auto waiting = std::exchange(unread->second.waiting, {});
    if (!read) unread->second.failed = read.error();
    if (read) {
        unread_.erase(unread);
        const auto known = accounts_.find(account_id);
        if (known != accounts_.end() && !known->second.account.unlimited()) watch(account_id);
    }
    for (auto& done : waiting) done(read);
}

// What is asked before the account is read waits for that.
void SpendGuard::ready(const std::string& account_id, journal::Done<void> done) {
    parts_.home.post([this, alive = alive_, account_id, done = std::move(done)]() mutable {
        if (!*alive) return;
        if (!listed_) return void(not_listed_.emplace_back(account_id, std::move(done)));
        const auto unread = unread_.find(account_id);
        if (unread == unread_.end()) return done({});
        if (const auto& failed = unread->second.failed) return done(fail(*failed));
        unread->second.waiting.push_back(std::move(done));
    });
}

}  // namespace lifeline::app
