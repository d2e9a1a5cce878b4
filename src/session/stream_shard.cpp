#include "session/stream_shard.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "contract/form.h"
#include "session/call_rules.h"
#include "session/document_rules.h"
#include "session/limits.h"

namespace lifeline::session {

template <class Rules>
StreamShard<Rules>::StreamShard(Loop& loop, journal::Journal& journal)
    : loop_(loop), journal_(journal) {}

template <class Rules>
StreamShard<Rules>::~StreamShard() {
    *alive_ = false;
    if (sweep_timer_ != 0) loop_.cancel_timer(sweep_timer_);
    if (tell_timer_ != 0) loop_.cancel_timer(tell_timer_);
}

template <class Rules>
void StreamShard<Rules>::with(std::string id, Missing missing, Done<Actor*> done) {
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

template <class Rules>
void StreamShard<Rules>::reach(std::string id, Missing missing, Done<Actor*> done) {
    // Other streams have writers of their own.
    if (!contract::matches(Rules::name_form, id)) {
        done(fail(Code::not_found, Rules::not_found, "no such stream"));
        return;
    }
    auto [entry, fresh] = streams_.try_emplace(std::move(id));
    Held& held = entry->second;
    if (!held.ready) {
        held.waiting.emplace_back(missing, std::move(done));
        if (fresh) open(entry->first);
    } else if (missing == Missing::create || held.actor->stream().head() > 0) {
        done(held.actor.get());
    } else {
        done(fail(Code::not_found, Rules::not_found, "no such stream"));
    }
}

template <class Rules>
void StreamShard<Rules>::open(const std::string& id) {
    journal_.open(id, loop_,
                  [this, alive = alive_, id](Result<std::unique_ptr<journal::Stream>> stream) {
                      if (*alive) opened(id, std::move(stream));
                  });
}

template <class Rules>
void StreamShard<Rules>::opened(const std::string& id,
                                Result<std::unique_ptr<journal::Stream>> stream) {
    if (!stream) {
        loaded(id, fail(stream.error()));
        return;
    }
    Held& held = streams_.at(id);
    held.actor = std::make_unique<Actor>(id, std::move(*stream), loop_, checker_, judge_);
    held.actor->on_appended = [this, actor = held.actor.get()] {
        tell();
        if (on_work && Rules::has_news(actor->state())) on_work(actor->id());
    };
    held.actor->load([this, id](Status status) { loaded(id, std::move(status)); });
}

template <class Rules>
void StreamShard<Rules>::loaded(const std::string& id, Status status) {
    Held& held = streams_.at(id);
    auto waiting = std::exchange(held.waiting, {});
    if (!status) {
        log::error("{}={} cannot be opened reason={} {}", Rules::log_key, id, status.error().reason,
                   status.error().detail);
        let_go(id);
        for (auto& [missing, done] : waiting) done(fail(status.error()));
        return;
    }
    Actor* actor = held.actor.get();
    const bool wanted =
        actor->stream().head() > 0 ||
        std::ranges::any_of(waiting, [](const auto& who) { return who.first == Missing::create; });
    if (wanted) {
        held.ready = true;
        if constexpr (Rules::news_when_opened)
            if (on_work && Rules::has_news(actor->state())) on_work(id);
        if (sweep_timer_ == 0)
            sweep_timer_ = loop_.start_timer(idle_actor_kept, [this] { sweep(); });
    } else {
        let_go(id);  // Guessed names must not fill the memory.
    }
    for (auto& [missing, done] : waiting) {
        if (missing == Missing::create || actor->stream().head() > 0) {
            done(actor);
        } else {
            done(fail(Code::not_found, Rules::not_found, "no such stream"));
        }
    }
}

// The entry stays until its stream is closed, since a stream is opened once at a time: who asks
// meanwhile waits, and it is opened again.
template <class Rules>
void StreamShard<Rules>::let_go(const std::string& id) {
    // By a job of its own, since the actor may be what is calling.
    loop_.post([this, alive = alive_, id] {
        if (!*alive) return;
        Held& held = streams_.at(id);
        held.actor.reset();
        if (held.waiting.empty()) {
            streams_.erase(id);
        } else {
            open(id);
        }
    });
}

template <class Rules>
void StreamShard<Rules>::submit(std::string id, Command command, Done<Receipt> answer) {
    const auto missing = Rules::creates(command) ? Missing::create : Missing::refuse;
    reach(std::move(id), missing,
          [command = std::move(command), answer = std::move(answer)](Result<Actor*> actor) mutable {
              if (!actor) {
                  answer(fail(actor.error()));
              } else {
                  (*actor)->submit(std::move(command), std::move(answer));
              }
          });
}

template <class Rules>
void StreamShard<Rules>::take_judge(std::shared_ptr<const Judge> judge,
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
    for (const auto& [id, held] : streams_) {
        if (!held.actor) continue;
        ++waiting->left;
        held.actor->when_durable([waiting](const Status&) { waiting->one_less(); });
    }
    waiting->one_less();
}

template <class Rules>
void StreamShard<Rules>::tell() {
    if (!on_appended || tell_timer_ != 0) return;
    tell_timer_ = loop_.start_timer(views_told_every, [this] {
        tell_timer_ = 0;
        on_appended();
    });
}

// What has a deadline to keep stays. What is over, or was never there, goes.
template <class Rules>
void StreamShard<Rules>::sweep() {
    sweep_timer_ = 0;
    const SteadyTime now = loop_.clock().steady();
    std::erase_if(streams_, [&](const auto& entry) {
        const Held& held = entry.second;
        return held.ready && held.actor->idle() && !Rules::stays(held.actor->state()) &&
               now - held.actor->last_used() >= idle_actor_kept;
    });
    if (!streams_.empty()) sweep_timer_ = loop_.start_timer(idle_actor_kept, [this] { sweep(); });
}

template class StreamShard<CallRules>;
template class StreamShard<DocumentRules>;

}  // namespace lifeline::session
