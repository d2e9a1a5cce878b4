#include "orchestration/runner.h"

#include <algorithm>

#include "base/check.h"
#include "base/log.h"
#include "contract/reason.h"

namespace lifeline::orchestration {

namespace {

// Lists that are under way at once: storage has others to serve.
constexpr std::size_t lists_max = 16;
// A retry later than this is looked at again in between; clocks are set.
constexpr Millis look_again_last = std::chrono::hours(1);

bool is_retryable(const Error& error) {
    const auto* info = contract::find_reason(error.reason);
    return info != nullptr && info->retryable;
}

}  // namespace

bool Runner::Waiting::add(const std::string& session) {
    if (!present.insert(session).second) return false;
    order.push_back(session);
    return true;
}

std::string Runner::Waiting::take() {
    std::string session = std::move(order.front());
    order.pop_front();
    present.erase(session);
    return session;
}

Runner::Runner(Loop& loop, Work& work, std::map<std::string, ToolRoute> tools,
               RunnerOptions options)
    : loop_(loop), work_(work), options_(options) {
    CHECK(options_.overrun < options_.lease_margin);
    for (auto& [type, route] : tools) add(type, std::move(route));
}

void Runner::add(const std::string& type, ToolRoute route) {
    CHECK(route.executor != nullptr && route.concurrent_max > 0);
    const std::size_t per_minute = route.per_minute;
    tools_.emplace(type, Tool{.route = std::move(route), .window = StartWindow(per_minute)});
    auto waiting = routeless_.extract(type);
    if (waiting.empty() || draining_) return;
    while (!waiting.mapped().order.empty()) poked_.add(waiting.mapped().take());
    look_soon();
}

Runner::~Runner() {
    for (auto& [session, again] : again_) cancel_timer(again.timer);
    for (auto& [type, tool] : tools_) cancel_timer(tool.timer);
    for (auto& [key, attempt] : attempts_) cancel_timer(attempt->timer);
}

bool Runner::poke(std::string session_id) {
    if (draining_) return false;
    if (poked_.order.size() >= options_.sessions_max && !poked_.present.contains(session_id)) {
        ++counters_.pokes_refused;
        return false;
    }
    poked_.add(session_id);
    look_soon();
    return true;
}

void Runner::look_soon() {
    if (looking_) return;
    looking_ = true;
    loop_.post([this, alive = std::weak_ptr(alive_)] {
        if (alive.expired()) return;
        looking_ = false;
        look();
    });
}

// Only while something could be claimed: what is found would have to be looked for again.
void Runner::look() {
    while (!draining_ && !poked_.order.empty() && lists_ < lists_max &&
           attempts_.size() < options_.running_max) {
        std::string session = poked_.take();
        ++lists_;
        work_.list(session, [this, session,
                             alive = std::weak_ptr(alive_)](Result<std::vector<Claimable>> found) {
            if (alive.expired()) return;
            --lists_;
            if (!draining_) listed(session, found);
            look_soon();
        });
    }
}

void Runner::listed(const std::string& session, const Result<std::vector<Claimable>>& found) {
    if (!found && is_retryable(found.error())) return storage_failed(session);
    failures_.erase(session);
    if (found) {
        for (const Claimable& candidate : *found)
            if (consider(session, candidate) == Go::no_room) break;
    }
    // A session that was let in by a tool may have had nothing for it after all.
    for (auto& [type, tool] : tools_) release(tool);
}

Runner::Go Runner::consider(const std::string& session, const Claimable& candidate) {
    if (attempts_.contains({session, candidate.action_id})) return Go::on;
    const auto found = tools_.find(candidate.action_type);
    if (found == tools_.end()) {
        ++counters_.tool_unknown;
        log::warn("session={} action={} type={} nobody here runs this type", session,
                  candidate.action_id, candidate.action_type);
        Waiting& waiting = routeless_[candidate.action_type];
        if (waiting.order.size() < options_.sessions_max) waiting.add(session);
        return Go::on;
    }
    if (candidate.not_before) {
        const Millis wait = *candidate.not_before - loop_.clock().wall();
        if (wait > Millis(0)) {
            look_again(session, wait);
            return Go::on;
        }
    }
    if (attempts_.size() >= options_.running_max) {
        poked_.add(session);
        return Go::no_room;
    }
    Tool& tool = found->second;
    const bool full = tool.running >= tool.route.concurrent_max;
    if (full || tool.window.wait(loop_.clock().steady()) > Millis(0))
        block(tool, session);
    else
        claim(session, candidate, tool);
    return Go::on;
}

void Runner::block(Tool& tool, const std::string& session) {
    tool.blocked.add(session);
    release(tool);  // Sees to the timer; there is no room.
}

// Lets in as many sessions as the tool has room for, and waits for its minute otherwise.
void Runner::release(Tool& tool) {
    if (tool.blocked.order.empty() || draining_) return;
    const Millis wait = tool.window.wait(loop_.clock().steady());
    if (wait > Millis(0)) {
        if (tool.timer == 0) {
            tool.timer = start_timer(wait, [this, &tool] {
                tool.timer = 0;
                release(tool);
            });
        }
        return;
    }
    for (std::size_t room = tool.running; room < tool.route.concurrent_max; ++room) {
        if (tool.blocked.order.empty()) break;
        poked_.add(tool.blocked.take());
    }
    look_soon();
}

void Runner::claim(const std::string& session, const Claimable& candidate, Tool& tool) {
    auto attempt = std::make_shared<Attempt>();
    attempt->key = {session, candidate.action_id};
    attempt->tool = &tool;
    attempt->timeout = candidate.timeout;
    attempt->began = loop_.clock().steady();
    attempts_.emplace(attempt->key, attempt);
    ++tool.running;
    tool.window.begin(attempt->began);
    ++counters_.claims;
    work_.claim(session, candidate.action_id, tool.route.name,
                candidate.timeout + options_.lease_margin,
                [this, attempt, alive = std::weak_ptr(alive_)](Result<Job> job) {
                    if (!alive.expired()) claimed(attempt, std::move(job));
                });
}

void Runner::claimed(const AttemptPtr& attempt, Result<Job> job) {
    CHECK(attempt->phase == Attempt::Phase::claiming);
    if (!job) {
        ++counters_.claims_refused;
        attempt->tool->window.take_back(attempt->began);
        over(attempt);
        if (is_retryable(job.error())) storage_failed(attempt->key.first);
        return;
    }
    attempt->job = std::move(*job);
    // The lease was made for this one.
    attempt->job.timeout = std::min(attempt->job.timeout, attempt->timeout);
    if (!draining_ && !attempt->called_off) return execute(attempt);
    attempt->outcome =
        draining_ ? failed("draining", "The server is stopping; nothing was done.", Retry::may)
                  : cancelled("Called off before it began.");
    count(attempt->outcome.kind);
    hand_in(attempt);
}

void Runner::execute(const AttemptPtr& attempt) {
    attempt->phase = Attempt::Phase::executing;
    ++counters_.executed;
    attempt->timer = start_timer(attempt->job.timeout + options_.overrun, [this, attempt] {
        attempt->timer = 0;
        overran(attempt);
    });
    attempt->tool->route.executor->execute(
        attempt->job, [this, attempt, alive = std::weak_ptr(alive_)](Outcome outcome) {
            if (!alive.expired()) executed(attempt, std::move(outcome));
        });
}

void Runner::executed(const AttemptPtr& attempt, Outcome outcome) {
    if (attempt->phase != Attempt::Phase::executing) return;  // It was given up before.
    cancel_timer(attempt->timer);
    count(outcome.kind);
    if (outcome.kind == Outcome::Kind::handed_over) return over(attempt);
    attempt->outcome = std::move(outcome);
    hand_in(attempt);
}

// The executor has broken its promise. What it does from here on is nobody's.
void Runner::overran(const AttemptPtr& attempt) {
    if (attempt->phase != Attempt::Phase::executing) return;
    const auto& [session, action] = attempt->key;
    ++counters_.overrun;
    log::warn("session={} action={} executor={} it did not answer in time", session, action,
              attempt->tool->route.name);
    attempt->tool->route.executor->call_off(session, action);
    constexpr std::string_view text = "The executor did not answer in time.";
    executed(attempt, unknown("timeout", text));
}

void Runner::hand_in(const AttemptPtr& attempt) {
    attempt->phase = Attempt::Phase::finishing;
    work_.finish(attempt->job, attempt->outcome,
                 [this, attempt, alive = std::weak_ptr(alive_)](const Status& status) {
                     if (!alive.expired()) handed_in(attempt, status);
                 });
}

void Runner::handed_in(const AttemptPtr& attempt, const Status& status) {
    CHECK(attempt->phase == Attempt::Phase::finishing);
    const auto& [session, action] = attempt->key;
    if (!status && is_retryable(status.error())) {
        ++counters_.finish_retries;
        if (attempt->failures == 0)
            log::warn("session={} action={} its outcome ({}) is not taken yet: {}", session, action,
                      to_text(attempt->outcome.kind), status.error().reason);
        attempt->timer = start_timer(backoff(attempt->failures++), [this, attempt] {
            attempt->timer = 0;
            hand_in(attempt);
        });
        return;
    }
    if (!status) {
        ++counters_.outcomes_unwanted;
        log::warn("session={} action={} its outcome ({}) is not wanted: {}", session, action,
                  to_text(attempt->outcome.kind), status.error().reason);
    }
    const bool again = status && attempt->outcome.may_retry;
    over(attempt);
    if (again) poke(session);
}

void Runner::over(const AttemptPtr& attempt) {
    attempt->phase = Attempt::Phase::over;
    attempts_.erase(attempt->key);
    --attempt->tool->running;
    release(*attempt->tool);
    look_soon();
    finish_drain();
}

void Runner::cancel(std::string_view session_id, std::string_view action_id) {
    const auto found = attempts_.find(Key(session_id, action_id));
    if (found == attempts_.end()) return;
    Attempt& attempt = *found->second;
    attempt.called_off = true;
    if (attempt.phase == Attempt::Phase::executing)
        attempt.tool->route.executor->call_off(session_id, action_id);
}

void Runner::drain(std::move_only_function<void()> done) {
    CHECK(!draining_);
    draining_ = true;
    drained_ = std::move(done);
    poked_ = {};
    routeless_.clear();
    for (auto& [session, again] : again_) cancel_timer(again.timer);
    again_.clear();
    failures_.clear();
    for (auto& [type, tool] : tools_) {
        cancel_timer(tool.timer);
        tool.blocked = {};
    }
    finish_drain();
}

void Runner::finish_drain() {
    if (draining_ && attempts_.empty() && drained_) loop_.post(std::exchange(drained_, nullptr));
}

void Runner::look_again(const std::string& session, Millis after) {
    if (draining_) return;
    after = std::min(after, look_again_last);
    const SteadyTime due = loop_.clock().steady() + after;
    Again& again = again_[session];
    if (again.timer != 0 && again.due <= due) return;
    cancel_timer(again.timer);
    again.due = due;
    again.timer = start_timer(after, [this, session] {
        again_.erase(session);
        if (!poke(session)) look_again(session, options_.retry_last);
    });
}

void Runner::storage_failed(const std::string& session) {
    if (!draining_) look_again(session, backoff(failures_[session]++));
}

Millis Runner::backoff(unsigned failures) const {
    constexpr unsigned doublings_max = 20;
    return std::min(options_.retry_last,
                    options_.retry_first * (1 << std::min(failures, doublings_max)));
}

RunnerCounters Runner::counters() const {
    RunnerCounters counters = counters_;
    counters.running = attempts_.size();
    counters.waiting_sessions = poked_.order.size();
    for (const auto& [type, tool] : tools_) counters.waiting_sessions += tool.blocked.order.size();
    return counters;
}

void Runner::count(Outcome::Kind kind) {
    switch (kind) {
        case Outcome::Kind::succeeded:
            ++counters_.succeeded;
            break;
        case Outcome::Kind::failed:
            ++counters_.failed;
            break;
        case Outcome::Kind::unknown:
            ++counters_.unknown;
            break;
        case Outcome::Kind::cancelled:
            ++counters_.cancelled;
            break;
        case Outcome::Kind::handed_over:
            ++counters_.handed_over;
            break;
    }
}

Loop::TimerId Runner::start_timer(Millis after, std::move_only_function<void()> what) {
    return loop_.start_timer(after,
                             [what = std::move(what), alive = std::weak_ptr(alive_)]() mutable {
                                 if (!alive.expired()) what();
                             });
}

void Runner::cancel_timer(Loop::TimerId& timer) {
    if (timer != 0) loop_.cancel_timer(std::exchange(timer, 0));
}

}  // namespace lifeline::orchestration
