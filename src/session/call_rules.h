#pragma once

#include <memory>
#include <string_view>
#include <variant>

#include "base/clock.h"
#include "base/result.h"
#include "call/command.h"
#include "call/decide.h"
#include "call/judge.h"
#include "call/state.h"
#include "contract/form.h"
#include "journal/journal.h"

namespace lifeline::session {

// What sets calls apart from other streams, in the words that StreamActor, StreamShard and Streams
// ask by.
struct CallRules {
    using State = call::State;
    using Command = call::Command;
    using ServerEvent = call::ServerEvent;
    using Judge = call::Judge;

    static constexpr contract::Form name_form = contract::Form::call_id;
    static constexpr std::string_view log_key = "session";
    static constexpr std::string_view not_found = "session_not_found";

    static std::shared_ptr<const Judge> first_judge() { return call::no_tools(); }
    // The event that the command brings with it; null for those that bring none.
    static const contract::Event* published(const Command& command) {
        const auto* publish = std::get_if<call::Publish>(&command.request);
        return publish == nullptr ? nullptr : &publish->event;
    }
    static bool creates(const Command& command) {
        return std::holds_alternative<call::Create>(command.request);
    }
    static Command time_passed() {
        return {call::TimePassed{}, {"server", "lifeline"}, contract::Role::server};
    }
    static Result<call::Decision> decide(const State& state, const Command& command, WallTime now,
                                         const Judge& judge) {
        return call::decide(state, command, now, judge);
    }
    static void apply(State& state, const contract::Event& event, std::string_view actor_id,
                      std::uint64_t seq) {
        call::apply(state, event, actor_id, seq);
    }
    static WallTime next_deadline(const State& state) { return call::next_deadline(state); }
    // An open call stays in memory, and one in which something runs: their deadlines are kept here.
    static bool stays(const State& state) { return state.open() || state.has_work(); }
    static constexpr bool news_when_opened = true;
    static bool has_news(const State& state) { return state.wants_runner(); }
};

}  // namespace lifeline::session
