#include "session/shard.h"

#include <utility>

#include "base/check.h"
#include "base/log.h"
#include "session/limits.h"

namespace lifeline::session {

Shard::Shard(Loop& loop, journal::Journal& journal) : loop_(loop), journal_(journal) {}

Shard::~Shard() {
    *alive_ = false;
    if (sweep_timer_ != 0) loop_.cancel_timer(sweep_timer_);
    if (tell_timer_ != 0) loop_.cancel_timer(tell_timer_);
}

void Shard::with(std::string id, Missing missing, Done<Actor*> done) {
    auto [entry, fresh] = calls_.try_emplace(std::move(id));
    Call& call = entry->second;
    if (call.ready && (missing == Missing::create || call.actor->stream().head() > 0)) {
        done(call.actor.get());
        return;
    }
    if (call.ready) {
        done(fail(Code::not_found, "session_not_found", "no such call"));
        return;
    }
    call.waiting.emplace_back(missing, std::move(done));
    if (!fresh) return;
    journal_.open(entry->first, loop_,
                  [this, alive = alive_,
                   key = entry->first](Result<std::unique_ptr<journal::Stream>> stream) {
                      if (*alive) opened(key, std::move(stream));
                  });
}

void Shard::opened(const std::string& id, Result<std::unique_ptr<journal::Stream>> stream) {
    if (!stream) {
        loaded(id, fail(stream.error()));
        return;
    }
    Call& call = calls_.at(id);
    call.actor = std::make_unique<Actor>(id, std::move(*stream), loop_, checker_);
    call.actor->on_appended = [this] { tell(); };
    call.actor->load([this, id](Status status) { loaded(id, std::move(status)); });
}

void Shard::loaded(const std::string& id, Status status) {
    const auto entry = calls_.find(id);
    CHECK(entry != calls_.end());
    auto waiting = std::exchange(entry->second.waiting, {});
    if (!status) {
        log::error("session={} cannot be opened reason={} {}", id, status.error().reason,
                   status.error().detail);
        // The actor may be what is calling.
        loop_.post([dead = std::move(entry->second.actor)] {});
        calls_.erase(entry);
        for (auto& [missing, done] : waiting) done(fail(status.error()));
        return;
    }
    entry->second.ready = true;
    Actor* actor = entry->second.actor.get();
    for (auto& [missing, done] : waiting) {
        if (missing == Missing::create || actor->stream().head() > 0) {
            done(actor);
        } else {
            done(fail(Code::not_found, "session_not_found", "no such call"));
        }
    }
    if (sweep_timer_ == 0) sweep_timer_ = loop_.start_timer(idle_actor_kept, [this] { sweep(); });
}

void Shard::submit(std::string id, call::Command command, Done<Receipt> answer) {
    const auto missing =
        std::holds_alternative<call::Create>(command.request) ? Missing::create : Missing::refuse;
    with(std::move(id), missing,
         [command = std::move(command), answer = std::move(answer)](Result<Actor*> actor) mutable {
             if (!actor) {
                 answer(fail(actor.error()));
             } else {
                 (*actor)->submit(std::move(command), std::move(answer));
             }
         });
}

void Shard::tell() {
    if (!on_appended || tell_timer_ != 0) return;
    tell_timer_ = loop_.start_timer(views_told_every, [this] {
        tell_timer_ = 0;
        on_appended();
    });
}

// An open call stays: its deadlines are kept here. What is over, or was never there, goes.
void Shard::sweep() {
    sweep_timer_ = 0;
    const SteadyTime now = loop_.clock().steady();
    std::erase_if(calls_, [&](const auto& entry) {
        const Call& call = entry.second;
        return call.ready && call.actor->idle() && !call.actor->state().open() &&
               now - call.actor->last_used() >= idle_actor_kept;
    });
    if (!calls_.empty()) sweep_timer_ = loop_.start_timer(idle_actor_kept, [this] { sweep(); });
}

}  // namespace lifeline::session
