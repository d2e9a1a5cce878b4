#include <algorithm>
#include <utility>

#include "app/eraser.h"
#include "base/log.h"
#include "contract/json.h"

// How an erasure that was written down is carried out: calls, documents, who they were, views.
// Every step finds out by itself what is left of it, so a crash costs nothing but to begin again.
namespace lifeline::app {

namespace {

// For what is held, or was not over; a hold that is lifted does not wait for it.
constexpr Millis put_off_for = std::chrono::minutes(10);

std::vector<std::string> listed(const std::set<std::string, std::less<>>& names) {
    return {names.begin(), names.end()};
}

}  // namespace

void Eraser::when_idle(Job then) {
    when_idle_.push_back(std::move(then));
    if (!busy_) idle();
}

void Eraser::idle() {
    for (Job& then : std::exchange(when_idle_, {})) then();
}

void Eraser::work() {
    if (busy_) return;
    for (const auto& erasure : parts_.log.ledger().erasures()) {
        if (erasure.done || put_off_.contains(erasure.id)) continue;
        busy_ = true;
        retention::Erasure asked = erasure;
        find(std::move(asked), parts_.journal.head_position(),
             [this, id = erasure.id](Result<std::shared_ptr<Targets>> targets) {
                 if (!targets) {
                     auto none = std::make_shared<Targets>();
                     none->erasure.id = id;
                     return put_off(none, targets.error());
                 }
                 (*targets)->erasure.calls = (*targets)->erasure.documents = 0;
                 (*targets)->erasure.events = 0;
                 work_calls(*targets, listed((*targets)->calls));
             });
        return;
    }
    idle();
}

void Eraser::work_calls(std::shared_ptr<Targets> targets, std::vector<std::string> calls) {
    if (calls.empty()) {
        auto documents = listed(targets->documents);
        return work_documents(std::move(targets), std::move(documents));
    }
    std::string id = std::move(calls.back());
    calls.pop_back();
    auto decide = [this, targets,
                   id](const retention::CallContents& call) -> Result<retention::Plan> {
        retention::Plan plan = plan_of(*targets, call);
        if (plan.empty()) return plan;
        if (!call.is_over())
            return fail(Code::conflict, "erasure_needs_end", "a call of theirs is not over");
        if (const auto may = parts_.log.ledger().may_erase(id, call.account_id(), call.people());
            !may)
            return fail(may.error());
        return plan;
    };
    parts_.streams.erase_call(
        id, std::move(decide), targets->erasure.id,
        [this, alive = alive_, targets, id,
         calls = std::move(calls)](const Result<std::uint64_t>& events) mutable {
            if (!*alive) return;
            if (events) {
                targets->erasure.calls += *events > 0 ? 1 : 0;
                targets->erasure.events += *events;
            } else {
                log::warn("erasure id={} session={} is put off reason={} {}", targets->erasure.id,
                          id, events.error().reason, events.error().detail);
                targets->unfinished = true;
                targets->waiting.insert(id);
            }
            work_calls(std::move(targets), std::move(calls));
        });
}

// One that is shared with a call which waits stays until that has gone: nothing else leads there.
void Eraser::work_documents(std::shared_ptr<Targets> targets, std::vector<std::string> documents) {
    if (documents.empty()) return work_identity(targets);
    std::string id = std::move(documents.back());
    documents.pop_back();
    if (std::ranges::any_of(targets->shared[id], [&](const std::string& call) {
            return targets->waiting.contains(call);
        }))
        return work_documents(std::move(targets), std::move(documents));
    auto decide =
        [this, targets](const retention::DocumentContents& document) -> Result<retention::Plan> {
        if (const auto may = parts_.log.ledger().may_erase({}, document.account_id(),
                                                           {targets->erasure.user_id});
            !may)
            return fail(may.error());
        return document.whole();
    };
    parts_.streams.erase_document(
        id, std::move(decide), targets->erasure.id,
        [this, alive = alive_, targets, id,
         documents = std::move(documents)](const Result<std::uint64_t>& events) mutable {
            if (!*alive) return;
            if (events) {
                targets->erasure.documents += *events > 0 ? 1 : 0;
                targets->erasure.events += *events;
            } else {
                log::warn("erasure id={} document={} is put off reason={} {}", targets->erasure.id,
                          id, events.error().reason, events.error().detail);
                targets->unfinished = true;
            }
            work_documents(std::move(targets), std::move(documents));
        });
}

void Eraser::work_identity(const std::shared_ptr<Targets>& targets) {
    parts_.streams.erase_identity(targets->identity,
                                  [this, alive = alive_, targets](const Status& erased) {
                                      if (!*alive) return;
                                      if (!erased) return put_off(targets, erased.error());
                                      targets->erasure.events += targets->identity.size();
                                      settle(targets);
                                  });
}

void Eraser::settle(const std::shared_ptr<Targets>& targets) {
    parts_.settle(journal::Settle::file, [this, alive = alive_, targets](const Status& settled) {
        if (!*alive) return;
        if (!settled) return put_off(targets, settled.error());
        parts_.streams.empty_log([this, alive, targets](const Status& emptied) {
            if (!*alive) return;
            if (!emptied) return put_off(targets, emptied.error());
            complete(targets);
        });
    });
}

void Eraser::complete(const std::shared_ptr<Targets>& targets) {
    if (targets->unfinished)
        return put_off(targets, Error{Code::conflict, "record_held", "not all of it could go"});
    const auto& erasure = targets->erasure;
    parts_.log.append_completed(erasure, [this, alive = alive_, targets](const Status& written) {
        if (!*alive) return;
        if (!written) return put_off(targets, written.error());
        log::info("erasure id={} is done calls={} documents={} events={}", targets->erasure.id,
                  targets->erasure.calls, targets->erasure.documents, targets->erasure.events);
        busy_ = false;
        work();
    });
}

void Eraser::put_off(const std::shared_ptr<Targets>& targets, const Error& error) {
    log::warn("erasure id={} is not done yet reason={} {}", targets->erasure.id, error.reason,
              error.detail);
    put_off_.insert(targets->erasure.id);
    Loop& home = parts_.streams.home();
    if (again_ == 0)
        again_ = home.start_timer(put_off_for, [this, alive = alive_] {
            if (!*alive) return;
            again_ = 0;
            put_off_.clear();
            work();
        });
    busy_ = false;
    work();
}

}  // namespace lifeline::app
