#include "app/spend_guard.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace lifeline::app {

namespace {

// What comes at once is looked at once.
constexpr Millis poke_pause = std::chrono::milliseconds(200);
const contract::Actor the_server{"server", "lifeline"};

budget::HourUse of_hour(metering::AccountUsage::Part& part) {
    return {part.hour, {std::move(part.meter), std::move(part.dims), part.quantity}};
}

budget::Counted counted_of(metering::AccountUsage usage) {
    budget::Counted counted;
    for (auto& call : usage.calls) {
        budget::CallUse& use = counted.calls.emplace_back(
            budget::CallUse{call.session_id, call.running, call.over, {}, {}});
        for (auto& part : call.parts) use.used.push_back(of_hour(part));
    }
    for (auto& part : usage.hours) counted.hours.push_back(of_hour(part));
    for (auto& call : usage.late) {
        auto& late = counted.late.emplace_back(budget::LateUse{call.session_id, {}});
        for (auto& part : call.parts) late.used.push_back(of_hour(part));
    }
    counted.up_to = usage.up_to;
    return counted;
}

Result<budget::Used> used_of(budget::Counted counted, budget::RunningCosts& costs,
                             const budget::CardAt& card_at, std::optional<Window> credit_since,
                             WallTime now) {
    budget::Used used{.hours = std::move(counted.hours), .up_to = counted.up_to};
    for (auto& late : counted.late) used.late.push_back({.use = std::move(late)});
    for (auto& call : counted.calls) used.calls.push_back({.use = std::move(call)});
    auto amounts = budget::amounts_of(used.hours, card_at);
    if (!amounts) return fail(amounts.error());
    used.amounts = *std::move(amounts);
    if (const auto taken = costs.take(used, card_at, credit_since, now); !taken)
        return fail(taken.error());
    return used;
}

}  // namespace

SpendGuard::~SpendGuard() {
    *alive_ = false;
    stop();
}

void SpendGuard::stop() {
    stopped_ = true;
    if (poke_timer_ != 0) parts_.home.cancel_timer(std::exchange(poke_timer_, 0));
    for (auto& [id, account] : accounts_)
        if (account.timer != 0) parts_.home.cancel_timer(std::exchange(account.timer, 0));
}

void SpendGuard::poke() {
    if (!limits_.load(std::memory_order_relaxed) || poked_.exchange(true)) return;
    parts_.home.post([this, alive = alive_] {
        if (!*alive || stopped_ || poke_timer_ != 0) return;
        poke_timer_ = parts_.home.start_timer(poke_pause, [this, alive] {
            if (!*alive) return;
            poke_timer_ = 0;
            poked_ = false;
            for (const auto& [id, account] : accounts_)
                if (!account.account.unlimited()) watch(id);
        });
    });
}

void SpendGuard::look(const std::string& account_id, Then then) {
    Watched& account = watched(account_id);
    account.waiting.push_back(std::move(then));
    if (!account.busy) next(account_id);
}

void SpendGuard::next(const std::string& account_id) {
    Watched& account = watched(account_id);
    account.busy = !account.waiting.empty();
    if (!account.busy) return;
    Then then = std::move(account.waiting.front());
    account.waiting.pop_front();
    std::vector<std::string> calls = account.account.credit().holding();
    calls.insert(calls.end(), account.open.begin(), account.open.end());
    if (!account.account.credit().counts()) account.counted.reset();
    const metering::Moment now{parts_.home.clock().wall(), parts_.home.clock().steady()};
    parts_.metering.account_usage(
        {.account_id = account_id,
         .from = budget::counted_from(account.account.budgets(), now.wall),
         .sessions = std::move(calls),
         .after = account.counted},
        now, parts_.home,
        [this, alive = alive_, account_id,
         then = std::move(then)](Result<metering::AccountUsage> usage) mutable {
            if (!*alive) return;
            if (usage) return price(account_id, counted_of(*std::move(usage)), std::move(then));
            then(fail(usage.error()));
            next(account_id);
        });
}

// Where the cards are.
void SpendGuard::price(const std::string& account_id, budget::Counted counted, Then then) {
    const WallTime now = parts_.home.clock().wall();
    const Watched& account = watched(account_id);
    const budget::Credit& credit = account.account.credit();
    if (account.anew)
        for (auto& call : counted.calls)
            if (credit.knows(call.session_id))
                call.at_most = credit.posted_of(call.session_id) + credit.held_by(call.session_id);
    const auto since = credit.since();
    const auto credit_since = since ? std::optional(window_of(*since)) : std::nullopt;
    parts_.billing.with_cards<budget::Used>(
        parts_.home,
        [this, alive = alive_, account_id,
         then = std::move(then)](const Result<budget::Used>& used) mutable {
            if (!*alive) return;
            const auto& failed = watched(account_id).failed;
            then(failed ? Result<budget::Used>(fail(*failed)) : used);
            next(account_id);
        },
        [account_id, now, credit_since, counted = std::move(counted),
         costs = account.costs](billing::BillingStore& store) mutable {
            return used_of(
                std::move(counted), *costs,
                [&](Window hour) { return store.card_of(account_id, hour); }, credit_since, now);
        });
}

void SpendGuard::watch(const std::string& account_id) {
    limits_ = true;
    Watched& account = watched(account_id);
    if (stopped_) return;
    if (account.watching) {
        account.again = true;
        return;
    }
    account.watching = true;
    account.again = false;
    look(account_id, [this, account_id](const Result<budget::Used>& used) {
        Watched& looked_at = watched(account_id);
        looked_at.watching = false;
        if (!used) {
            log::warn("budgets of {} cannot be looked at reason={}", account_id,
                      used.error().reason);
            return wake(account_id, look_again_after);
        }
        act(account_id, looked_at.account.judge(*used, parts_.home.clock().wall()));
        looked_at.anew = false;
        if (looked_at.account.credit().counts()) looked_at.counted = used->up_to;
        looked_at.open.clear();
        for (const auto& call : used->calls)
            if (!call.use.over) looked_at.open.push_back(call.use.session_id);
        if (looked_at.again) watch(account_id);
    });
}

void SpendGuard::act(const std::string& account_id, budget::Account::Decision decision) {
    for (budget::Entry& entry : decision.entries)
        write(account_id, std::move(entry), [](const Status&) {});
    std::set<std::string> said;
    for (const budget::Notice& notice : decision.notices) {
        std::string what = notice.session_id + " " + notice.name;
        const bool again = watched(account_id).said.contains(what);
        said.insert(std::move(what));
        // Until the call is over: whoever says so may not have been heard.
        if (again && !notice.stops) continue;
        if (!notice.session_id.empty())
            say(notice);
        else
            write(account_id, {notice.name, "billing.budget.warning", notice.payload},
                  [](const Status&) {});
    }
    watched(account_id).said = std::move(said);
    if (decision.look_again > Millis(0)) wake(account_id, decision.look_again);
}

void SpendGuard::wake(const std::string& account_id, Millis in) {
    Watched& account = watched(account_id);
    if (stopped_) return;
    if (account.timer != 0) parts_.home.cancel_timer(account.timer);
    account.timer = parts_.home.start_timer(in, [this, alive = alive_, account_id] {
        if (!*alive) return;
        watched(account_id).timer = 0;
        watch(account_id);
    });
}

void SpendGuard::write(const std::string& account_id, budget::Entry entry,
                       journal::Done<void> done) {
    ++watched(account_id).writing;
    parts_.writer.write({.stream = account_id,
                         .name = std::move(entry.name),
                         .type = std::move(entry.type),
                         .payload = std::move(entry.payload),
                         .done = [this, alive = alive_, account_id,
                                  done = std::move(done)](const Status& written) mutable {
                             if (!*alive) return;
                             Watched& one = watched(account_id);
                             --one.writing;
                             if (!written) one.failed = written.error();
                             done(written);
                             if (one.failed && one.writing == 0) read_again(account_id);
                         }});
}

// Said once: an event of this name that is there already is not written again.
void SpendGuard::say(const budget::Notice& notice) {
    const auto json = contract::event_json("ll_" + notice.name, notice.session_id,
                                           format_rfc3339(parts_.home.clock().wall()),
                                           "billing.budget.warning", notice.payload);
    auto checked = checker_.check(json, contract::Sender::server);
    if (!checked)
        return log::error("session={} warning refused reason={}", notice.session_id,
                          checked.error().reason);
    parts_.sessions.submit(
        notice.session_id, {call::Publish{*std::move(checked)}, the_server, contract::Role::server},
        parts_.home, [this, alive = alive_, notice](const Result<session::Receipt>& receipt) {
            if (!*alive || !notice.stops) return;
            if (!receipt)
                log::warn("session={} is not told reason={}", notice.session_id,
                          receipt.error().reason);
            end(notice);
        });
}

void SpendGuard::end(const budget::Notice& notice) {
    log::info("session={} ends: {}", notice.session_id, notice.message);
    parts_.sessions.submit(notice.session_id,
                           {call::SetStatus{.wanted = call::Status::ended,
                                            .provider = {},
                                            .provider_ids = {},
                                            .reason = "budget_stop",
                                            .detail = notice.message},
                            the_server, contract::Role::server},
                           parts_.home, [notice](const Result<session::Receipt>& receipt) {
                               if (!receipt)
                                   log::warn("session={} does not end reason={} {}",
                                             notice.session_id, receipt.error().reason,
                                             receipt.error().detail);
                           });
}

void SpendGuard::admit(std::string account_id, std::string session_id, Loop& from,
                       journal::Done<void> done) {
    ready(account_id, [this, account_id, session_id = std::move(session_id),
                       done = session::on_loop<void>(from, std::move(done))](
                          const Status& read) mutable {
        if (!read) return done(fail(read.error()));
        const auto known = accounts_.find(account_id);
        if (known == accounts_.end() || known->second.account.unlimited()) return done({});
        look(account_id, [this, account_id, session_id,
                          done = std::move(done)](const Result<budget::Used>& used) mutable {
            if (!used) return done(fail(used.error()));
            auto entries =
                watched(account_id).account.admit(session_id, *used, parts_.home.clock().wall());
            if (!entries) return done(fail(entries.error()));
            wake(account_id, budget::hold_renewed);
            if (entries->empty()) return done({});
            write(account_id, std::move(entries->front()), std::move(done));
        });
    });
}

void SpendGuard::release(std::string account_id, std::string session_id) {
    ready(account_id, [this, account_id, session_id = std::move(session_id)](const Status&) {
        const auto known = accounts_.find(account_id);
        if (known == accounts_.end() || known->second.failed) return;
        for (budget::Entry& entry : known->second.account.release(session_id))
            write(account_id, std::move(entry), [](const Status&) {});
    });
}

}  // namespace lifeline::app
