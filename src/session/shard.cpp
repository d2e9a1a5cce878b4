#include "session/shard.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "contract/form.h"
#include "session/limits.h"

namespace lifeline::session {

namespace {

std::unexpected<Error> no_such_call() {
    return fail(Code::not_found, "session_not_found", "no such call");
}

}  // namespace

Shard::Shard(Loop& loop, journal::Journal& journal) : loop_(loop), journal_(journal) {}

Shard::~Shard() {
    *alive_ = false;
    if (sweep_timer_ != 0) loop_.cancel_timer(sweep_timer_);
    if (tell_timer_ != 0) loop_.cancel_timer(tell_timer_);
}

void Shard::with(std::string id, Missing missing, Done<Actor*> done) {
    reach(std::move(id), missing, [done = std::move(done)](Result<Actor*> actor) mutable {
        if (!actor) {
            done(std::move(actor));
            return;
        }
        (*actor)->when_durable(
            [actor = *actor, done = std::move(done)](const Status& durable) mutable {
                if (durable) {
                    done(actor);
                } else {
                    done(fail(durable.error()));
                }
            });
    });
}

void Shard::reach(std::string id, Missing missing, Done<Actor*> done) {
    // Other streams have writers of their own.
    if (!contract::matches(contract::Form::call_id, id)) {
        done(no_such_call());
        return;
    }
    auto [entry, fresh] = calls_.try_emplace(std::move(id));
    Call& call = entry->second;
    if (!call.ready) {
        call.waiting.emplace_back(missing, std::move(done));
        if (fresh) open(entry->first);
    } else if (missing == Missing::create || call.actor->stream().head() > 0) {
        done(call.actor.get());
    } else {
        done(no_such_call());
    }
}

void Shard::open(const std::string& id) {
    journal_.open(id, loop_,
                  [this, alive = alive_, id](Result<std::unique_ptr<journal::Stream>> stream) {
                      if (*alive) opened(id, std::move(stream));
                  });
}

void Shard::opened(const std::string& id, Result<std::unique_ptr<journal::Stream>> stream) {
    if (!stream) {
        loaded(id, fail(stream.error()));
        return;
    }
    Call& call = calls_.at(id);
    call.actor = std::make_unique<Actor>(id, std::move(*stream), loop_, checker_, judge_);
    call.actor->on_appended = [this, actor = call.actor.get()] {
        tell();
        if (on_work && actor->state().wants_runner()) on_work(actor->id());
    };
    call.actor->load([this, id](Status status) { loaded(id, std::move(status)); });
}

void Shard::loaded(const std::string& id, Status status) {
    Call& call = calls_.at(id);
    auto waiting = std::exchange(call.waiting, {});
    if (!status) {
        log::error("session={} cannot be opened reason={} {}", id, status.error().reason,
                   status.error().detail);
        let_go(id);
        for (auto& [missing, done] : waiting) done(fail(status.error()));
        return;
    }
    Actor* actor = call.actor.get();
    const bool wanted =
        actor->stream().head() > 0 ||
        std::ranges::any_of(waiting, [](const auto& who) { return who.first == Missing::create; });
    if (wanted) {
        call.ready = true;
        if (sweep_timer_ == 0)
            sweep_timer_ = loop_.start_timer(idle_actor_kept, [this] { sweep(); });
    } else {
        let_go(id);  // Guessed names must not fill the memory.
    }
    for (auto& [missing, done] : waiting) {
        if (missing == Missing::create || actor->stream().head() > 0) {
            done(actor);
        } else {
            done(no_such_call());
        }
    }
}

// The entry stays until its stream is closed, since a stream is opened once at a time: who asks
// meanwhile waits, and it is opened again.
void Shard::let_go(const std::string& id) {
    // By a job of its own, since the actor may be what is calling.
    loop_.post([this, alive = alive_, id] {
        if (!*alive) return;
        Call& call = calls_.at(id);
        call.actor.reset();
        if (call.waiting.empty()) {
            calls_.erase(id);
        } else {
            open(id);
        }
    });
}

void Shard::submit(std::string id, call::Command command, Done<Receipt> answer) {
    const auto missing =
        std::holds_alternative<call::Create>(command.request) ? Missing::create : Missing::refuse;
    reach(std::move(id), missing,
          [command = std::move(command), answer = std::move(answer)](Result<Actor*> actor) mutable {
              if (!actor) {
                  answer(fail(actor.error()));
              } else {
                  (*actor)->submit(std::move(command), std::move(answer));
              }
          });
}

void Shard::take_judge(std::shared_ptr<const call::Judge> judge,
                       std::move_only_function<void()> in_force) {
    judge_ = std::move(judge);
    struct Waiting {
        std::size_t left = 1;
        std::move_only_function<void()> in_force;
        void one_less() {
            if (--left == 0) in_force();
        }
    };
    auto waiting = std::make_shared<Waiting>(Waiting{.in_force = std::move(in_force)});
    for (const auto& [id, call] : calls_) {
        if (!call.actor) continue;
        ++waiting->left;
        call.actor->when_durable([waiting](const Status&) { waiting->one_less(); });
    }
    waiting->one_less();
}

void Shard::tell() {
    if (!on_appended || tell_timer_ != 0) return;
    tell_timer_ = loop_.start_timer(views_told_every, [this] {
        tell_timer_ = 0;
        on_appended();
    });
}

// An open call stays, and one in which something runs: their deadlines are kept here. What is over,
// or was never there, goes.
void Shard::sweep() {
    sweep_timer_ = 0;
    const SteadyTime now = loop_.clock().steady();
    std::erase_if(calls_, [&](const auto& entry) {
        const Call& call = entry.second;
        return call.ready && call.actor->idle() && !call.actor->state().open() &&
               !call.actor->state().has_work() && now - call.actor->last_used() >= idle_actor_kept;
    });
    if (!calls_.empty()) sweep_timer_ = loop_.start_timer(idle_actor_kept, [this] { sweep(); });
}

}  // namespace lifeline::session
