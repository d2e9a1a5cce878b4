#pragma once

#include <algorithm>
#include <memory>
#include <string_view>
#include <variant>

#include "base/clock.h"
#include "base/result.h"
#include "contract/form.h"
#include "document/command.h"
#include "document/decide.h"
#include "document/state.h"

namespace lifeline::session {

// What sets documents apart from other streams, in the words that StreamActor, StreamShard and
// Streams ask by.
struct DocumentRules {
    using State = document::State;
    using Command = document::Command;
    using ServerEvent = document::ServerEvent;
    struct Judge {};  // A document asks nobody.

    static constexpr contract::Form name_form = contract::Form::document_id;
    static constexpr std::string_view log_key = "document";
    static constexpr std::string_view not_found = "document_not_found";

    static std::shared_ptr<const Judge> first_judge() { return std::make_shared<const Judge>(); }
    static const contract::Event* published(const Command& command) {
        const auto* publish = std::get_if<document::Publish>(&command.request);
        return publish == nullptr ? nullptr : &publish->event;
    }
    static bool creates(const Command& command) {
        return std::holds_alternative<document::Create>(command.request);
    }
    static Command time_passed() { return {}; }  // Nothing waits for it.
    static Result<document::Decision> decide(const State& state, const Command& command, WallTime,
                                             const Judge&) {
        return document::decide(state, command);
    }
    static void apply(State& state, const contract::Event& event, std::string_view actor_id,
                      std::uint64_t) {
        document::apply(state, event, actor_id);
    }
    static WallTime next_deadline(const State&) { return WallTime::max(); }
    static bool stays(const State&) { return false; }
    // Calls are told of what is shared with them: again when it is opened, since a crash may have
    // come between.
    static constexpr bool news_when_opened = true;
    static bool has_news(const State& state) {
        return state.exists() && std::ranges::any_of(state.shares, &document::Share::with_call);
    }
};

}  // namespace lifeline::session
