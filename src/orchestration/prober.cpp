#include "orchestration/prober.h"

#include <algorithm>

#include "base/log.h"
#include "contract/reason.h"

namespace lifeline::orchestration {

namespace {

bool is_retryable(const Error& error) {
    const auto* info = contract::find_reason(error.reason);
    return info != nullptr && info->retryable;
}

}  // namespace

Prober::~Prober() {
    stop();
}

void Prober::stop() {
    stopped_ = true;
    for (auto& [key, entry] : entries_)
        if (entry->timer != 0) loop_.cancel_timer(std::exchange(entry->timer, 0));
    entries_.clear();
}

void Prober::look(const std::string& session_id) {
    if (stopped_ || probes_.empty()) return;
    unknowns_.unresolved(session_id, [this, session_id, alive = std::weak_ptr(alive_)](
                                         const Result<std::vector<Unresolved>>& found) {
        if (!alive.expired() && !stopped_ && found) listed(session_id, *found);
    });
}

void Prober::listed(const std::string& session_id, const std::vector<Unresolved>& found) {
    // What was given up and is known now needs not be remembered.
    std::erase_if(entries_, [&](const auto& one) {
        return one.second->given_up && one.first.first == session_id &&
               std::ranges::find(found, one.first.second, &Unresolved::action_id) == found.end();
    });
    for (const Unresolved& action : found) {
        const Key key(session_id, action.action_id);
        if (!probes_.contains(action.action_type) || entries_.contains(key)) continue;
        if (entries_.size() >= options_.waiting_max) return;
        auto entry = std::make_shared<Entry>(Entry{.action = action});
        entries_.emplace(key, entry);
        wait(entry, std::max(action.probe_at - loop_.clock().wall(), Millis(0)));
    }
}

void Prober::wait(const EntryPtr& entry, Millis pause) {
    entry->timer = loop_.start_timer(pause, [this, entry] {
        entry->timer = 0;
        look_again(entry);
    });
}

// A person may have found out meanwhile.
void Prober::look_again(const EntryPtr& entry) {
    unknowns_.unresolved(
        entry->action.session_id,
        [this, entry, alive = std::weak_ptr(alive_)](const Result<std::vector<Unresolved>>& found) {
            if (alive.expired() || stopped_) return;
            if (!found) return again(entry);
            const auto& id = entry->action.action_id;
            if (std::ranges::find(*found, id, &Unresolved::action_id) == found->end())
                return forget(entry);
            if (entry->answer.said == ProbeAnswer::Said::unknown)
                ask(entry);
            else
                bring(entry);
        });
}

void Prober::ask(const EntryPtr& entry) {
    ++counters_.asked;
    probes_.at(entry->action.action_type)
        ->ask(entry->action, options_.timeout,
              [this, entry, alive = std::weak_ptr(alive_)](ProbeAnswer answer) {
                  if (!alive.expired() && !stopped_) answered(entry, std::move(answer));
              });
}

void Prober::answered(const EntryPtr& entry, ProbeAnswer answer) {
    const bool known = answer.said != ProbeAnswer::Said::unknown;
    entry->answer = std::move(answer);
    if (known) return bring(entry);
    again(entry);
}

void Prober::bring(const EntryPtr& entry) {
    unknowns_.resolve(entry->action, entry->answer,
                      [this, entry, alive = std::weak_ptr(alive_)](const Status& status) {
                          if (alive.expired() || stopped_) return;
                          if (!status && is_retryable(status.error())) return again(entry);
                          if (status) ++counters_.resolved;
                          forget(entry);
                      });
}

void Prober::again(const EntryPtr& entry) {
    constexpr unsigned doublings_max = 16;
    if (++entry->attempts >= options_.attempts) {
        entry->given_up = true;
        ++counters_.given_up;
        log::warn("session={} action={} its outcome stays unknown, a person has to find out: {}",
                  entry->action.session_id, entry->action.action_id, entry->answer.message);
        return;
    }
    wait(entry,
         std::min(options_.pause_last,
                  options_.pause_first * (1 << std::min(entry->attempts - 1, doublings_max))));
}

void Prober::forget(const EntryPtr& entry) {
    entries_.erase({entry->action.session_id, entry->action.action_id});
}

}  // namespace lifeline::orchestration
